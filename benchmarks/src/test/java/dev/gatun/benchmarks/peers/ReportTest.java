package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.StringReader;
import java.util.Collections;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportTest {
    private static final Column LATENCY = new Column(Scenario.LATENCY, 1);
    private static final Column RATE = new Column(Scenario.THROUGHPUT, 2);

    private static Results results(double error) {
        Results results = new Results();
        results.environment().put("cpu", "A <fast> & small CPU");
        results.about().put(Contestant.GATUN, "1");
        results.skipped().put("DJL PyTorch", "not there");
        add(results, Contestant.GATUN, LATENCY, 10, error);
        add(results, Contestant.ONNX_RUNTIME, LATENCY, 25, 0);
        add(results, Contestant.LIBTORCH, LATENCY, 20, 0);
        add(results, Contestant.GATUN, RATE, 90, error);
        add(results, Contestant.ONNX_RUNTIME, RATE, 60, 0);
        return results;
    }

    private static Results int8Results(double apart) {
        Results results = results(0);
        results.peaks().put("f32", 100.0);
        results.work().put("resnet50", 600_000_000L);
        results.int8Apart().put("resnet50", apart);
        return results;
    }

    private static void add(Results results, Contestant contestant, Column column, double value, double error) {
        Entrant entrant = new Entrant(contestant, "f32");
        results.measurements()
                .add(new Measurement(
                        "resnet50",
                        entrant,
                        column,
                        "set up",
                        List.of(value, value, value + 1),
                        column.equals(LATENCY) ? Collections.nCopies(6, value / 2) : List.of(),
                        contestant == Contestant.GATUN && column.equals(LATENCY)
                                ? List.of(value, value, value + 2)
                                : List.of(),
                        error));
    }

    @Test
    void tableHasARowForEachEntrantAndTheRatioToEachPeer() {
        assertThat(Tables.markdown(results(0)))
                .contains("| gatun | f32 | 10.0 (10.0, 11.0) | 90 (91, 90) | 0.0e+00 |")
                .contains("| libtorch | f32 | 20.0 (20.0, 21.0) |  | 0.0e+00 |")
                .contains("| over ONNX Runtime | f32 | **2.50x** (2.50x) | **1.50x** (1.49x) |")
                .contains("| over libtorch | f32 | **2.00x** (2.00x) |  |")
                .contains("| DJL PyTorch | skipped: not there |")
                .doesNotContain("disagrees");
    }

    @Test
    void shareOfPeakCountsTheCoresInUse() {
        // 0.6 G at 100 images/s on one thread, and at 90 images/s on two cores of 100 G/s each
        assertThat(Tables.markdown(int8Results(0.01))).contains("| share of peak | f32 | 60 % (60 %) | 27 % (27 %) |");
        assertThat(Tables.markdown(results(0))).contains("| share of peak | f32 |  |  |");
    }

    @Test
    void percentilesAreOfTimesOnly() {
        assertThat(Tables.markdown(results(0))).contains("| p99 over median | f32 | 1.10 of 3 |  |");
        assertThat(Tables.markdown(results(0))).contains("| the same of a loop as long | f32 | 1.20 |  |");
    }

    @Test
    void runsThatNothingDisturbedHaveATableOfTheirOwn() {
        assertThat(Tables.markdown(int8Results(0.01)))
                .contains("| gatun | f32 | 5.0 | 1.00 | 6 |  | 120 % |")
                .contains("| libtorch | f32 | 10.0 | 1.00 | 6 | **2.00x** |  |");
    }

    @Test
    void int8AnswersAreComparedWithEachOther() {
        assertThat(Tables.markdown(int8Results(0.01)))
                .contains("gatun and ONNX Runtime differ by 1.0e-02 of the largest logit.");
        assertThat(int8Results(0.01).disagreements()).isEmpty();
        assertThat(Tables.markdown(int8Results(0.9))).contains("they **disagree**");
        assertThat(int8Results(0.9).disagreements()).singleElement().asString().contains("resnet50, int8");
    }

    @Test
    void tableAndResultsNameWhoDisagrees() {
        assertThat(Tables.markdown(results(0.1)))
                .contains("| gatun | f32 | 10.0 (10.0, 11.0) | 90 (91, 90) | 1.0e-01 **disagrees** |");
        assertThat(results(0.1).disagreements()).hasSize(2);
        assertThat(results(0).disagreements()).isEmpty();
    }

    @Test
    void jsonHoldsEveryValue() throws Exception {
        int values = 0;
        try (JsonParser parser = new JsonFactory().createParser(ResultsJson.of(results(0)))) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                values += token == JsonToken.START_ARRAY && "values".equals(parser.currentName()) ? 1 : 0;
            }
        }
        assertThat(values).isEqualTo(5);
        assertThat(ResultsJson.of(results(0))).contains("\"p90\" : 11.0").contains("\"setup\" : \"set up\"");
    }

    @Test
    void barsAreAsLongAsTheirValuesAndTheFastestComesFirst() throws Exception {
        NodeList rects = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(Chart.svg(results(0)))))
                .getElementsByTagName("rect");
        // background, three latencies, two rates
        assertThat(rects.getLength()).isEqualTo(6);
        assertThat(width(rects, 1) / width(rects, 3)).isBetween(0.399, 0.401);
        assertThat(width(rects, 4)).isGreaterThan(width(rects, 5));
        assertThat(((Element) rects.item(1)).getAttribute("class")).isEqualTo("ours");
    }

    private static double width(NodeList rects, int index) {
        return Double.parseDouble(((Element) rects.item(index)).getAttribute("width"));
    }
}
