package dev.gatun.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.image.Crops;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How {@code gatun evaluate} prints what it found.
 *
 * @param precision computed in
 * @param threads that computed
 * @param batch images of a run
 * @param crops of an image
 * @param scales of whole images, if any, instead of crops
 * @param views what is seen of an image, in words to stand behind others
 */
record EvaluateReport(String precision, int threads, int batch, Crops crops, Scales scales, String views) {
    private static final String UNKNOWN = "-";

    /** A row of the error table. */
    private record Row(String model, String weights, Optional<PublishedErrors> published, Score score) {
        OptionalDouble publishedTop1() {
            return published.isPresent() ? OptionalDouble.of(published.get().top1()) : OptionalDouble.empty();
        }

        OptionalDouble publishedTop5() {
            return published.isPresent() ? published.get().top5() : OptionalDouble.empty();
        }
    }

    /**
     * Prints the scores.
     *
     * @param scores of the models in order, and maybe that of all together
     * @param seconds that all of it took
     */
    void print(Terminal terminal, boolean json, List<OpenModel> models, List<Score> scores, double seconds) {
        for (int i = 0; i < scores.size() && json; i++) {
            json(terminal, row(models, scores, i), seconds);
        }
        if (json) {
            return;
        }
        String title = models.size() == 1 ? models.getFirst().describe() : Text.count(models.size(), "model");
        terminal.out()
                .println(Text.printable(
                        title + ", " + precision + ", " + Text.count(threads, "thread") + ", batch " + batch + views));
        Score first = scores.getFirst();
        line(terminal, "images", Integer.toString(first.images()));
        if (first.unreadable() > 0) {
            line(terminal, "unreadable", Integer.toString(first.unreadable()));
        }
        if (scores.size() == 1) {
            line(
                    terminal,
                    "top-1",
                    String.format(Locale.ROOT, "%d (%.2f %%)", first.top1(), first.top1Accuracy() * 100));
            line(
                    terminal,
                    "top-5",
                    String.format(Locale.ROOT, "%d (%.2f %%)", first.top5(), first.top5Accuracy() * 100));
        }
        line(terminal, "images/s", String.format(Locale.ROOT, "%.1f (%.1f s)", first.images() / seconds, seconds));
        terminal.out().println();
        table(models, scores).print(terminal.out());
    }

    /** Draws the errors of all rows of the table. */
    void plot(OutputFile out, List<OpenModel> models, List<Score> scores) {
        List<ErrorChart.Row> rows = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            Row row = row(models, scores, i);
            rows.add(new ErrorChart.Row(
                    row.model(),
                    row.weights(),
                    new ErrorChart.Measure("top-1", row.score().top1Error(), row.publishedTop1()),
                    new ErrorChart.Measure("top-5", row.score().top5Error(), row.publishedTop5())));
        }
        String title = "Error on " + Text.count(scores.getFirst().images(), "image") + ", " + precision + views;
        byte[] svg = ErrorChart.draw(title, rows).getBytes(StandardCharsets.UTF_8);
        out.write(channel -> {
            for (ByteBuffer bytes = ByteBuffer.wrap(svg); bytes.hasRemaining(); ) {
                channel.write(bytes);
            }
        });
    }

    private static Row row(List<OpenModel> models, List<Score> scores, int index) {
        if (index == models.size()) {
            return new Row("ensemble", "all of these", Optional.empty(), scores.get(index));
        }
        OpenModel model = models.get(index);
        return new Row(model.model().name(), model.weights(), model.published(), scores.get(index));
    }

    /** Errors in percent, as the literature tells them. */
    private static Table table(List<OpenModel> models, List<Score> scores) {
        Table table = new Table(
                Table.left("model"),
                Table.left("weights"),
                Table.right("top-1 error"),
                Table.right("published"),
                Table.right("difference"),
                Table.right("top-5 error"),
                Table.right("published"),
                Table.right("difference"));
        for (int i = 0; i < scores.size(); i++) {
            Row row = row(models, scores, i);
            double top1 = row.score().top1Error();
            double top5 = row.score().top5Error();
            table.row(
                    Text.printable(row.model()),
                    Text.printable(row.weights()),
                    percent("%.2f", OptionalDouble.of(top1)),
                    percent("%.2f", row.publishedTop1()),
                    percent("%+.2f", difference(top1, row.publishedTop1())),
                    percent("%.2f", OptionalDouble.of(top5)),
                    percent("%.2f", row.publishedTop5()),
                    percent("%+.2f", difference(top5, row.publishedTop5())));
        }
        return table;
    }

    private static OptionalDouble difference(double found, OptionalDouble published) {
        return published.isPresent() ? OptionalDouble.of(found - published.getAsDouble()) : OptionalDouble.empty();
    }

    private static String percent(String format, OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : UNKNOWN;
    }

    private void json(Terminal terminal, Row row, double seconds) {
        Score score = row.score();
        Json.println(terminal.out(), fields -> {
            fields.writeStringField("model", row.model());
            fields.writeStringField("weights", row.weights());
            fields.writeStringField("precision", precision);
            fields.writeNumberField("crops", crops.count());
            fields.writeFieldName("scales");
            fields.writeArray(
                    scales.sides().stream().mapToInt(side -> side).toArray(),
                    0,
                    scales.sides().size());
            fields.writeNumberField("images", score.images());
            fields.writeNumberField("unreadable", score.unreadable());
            fields.writeNumberField("top1", score.top1());
            fields.writeNumberField("top5", score.top5());
            fields.writeNumberField("top1Accuracy", score.top1Accuracy());
            fields.writeNumberField("top5Accuracy", score.top5Accuracy());
            errors(fields, "top1", score.top1Error(), row.publishedTop1());
            errors(fields, "top5", score.top5Error(), row.publishedTop5());
            fields.writeNumberField("seconds", Json.thousandths(seconds));
            fields.writeNumberField("imagesPerSecond", Json.thousandths(score.images() / seconds));
            fields.writeNumberField("threads", threads);
            fields.writeNumberField("batch", batch);
        });
    }

    /** In percent; what is published and how much more was found, where it is known. */
    private static void errors(JsonGenerator fields, String name, double found, OptionalDouble published)
            throws IOException {
        fields.writeNumberField(name + "Error", Json.thousandths(found));
        if (published.isPresent()) {
            fields.writeNumberField(name + "PublishedError", Json.thousandths(published.getAsDouble()));
            fields.writeNumberField(name + "Difference", Json.thousandths(found - published.getAsDouble()));
        }
    }

    private static void line(Terminal terminal, String name, String value) {
        terminal.out().println(String.format(Locale.ROOT, "  %-11s %s", name, value));
    }
}
