package dev.gatun.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.RandomValues;
import dev.gatun.graph.Graph;
import dev.gatun.graph.NaiveGraph;
import dev.gatun.image.Preprocessor;
import dev.gatun.plan.QuantizedLayer;
import dev.gatun.spec.BlockKind;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Shortcut;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizerTest {
    private static final Bar NO_BAR = new Bar(0, -100);

    @ParameterizedTest
    @CsvSource({"BASIC, ZERO_PAD", "BASIC, PROJECTION", "BOTTLENECK, PROJECTION", "BOTTLENECK, NONE"})
    void staysCloseToTheDefinitionOnImagesItHasNotSeen(BlockKind kind, Shortcut shortcut) {
        Graph graph = SmallQuantized.graph(kind, shortcut);
        QuantizedModel model = SmallQuantized.model(kind, shortcut, NO_BAR);
        CalibrationImages unseen = SmallQuantized.images(10, 2);
        SimulatedInt8.Logits logits = SimulatedInt8.run(model.network(), unseen, 3, 2);
        Noise noise = Noise.NONE;
        for (int i = 0; i < unseen.size(); i++) {
            float[] expected = naive(graph, unseen, i);
            noise = noise.plus(Noise.of(expected, logits.int8()[i], expected.length));
        }
        assertThat(model.report().fallbacks()).isEmpty();
        assertThat(noise.decibels()).isBetween(30.0, 70.0);
    }

    private static float[] naive(Graph graph, CalibrationImages images, int index) {
        float[] image = new float[3 * 32 * 32];
        new Preprocessor(images.preprocessing())
                .write(images.crops().get(index), InputFormat.F32_NCHW, MemorySegment.ofArray(image), 0);
        double[] logits = NaiveGraph.run(graph, new RandomValues(graph, 11), image, 1, 32, 32)
                .getFirst();
        float[] floats = new float[logits.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) logits[i];
        }
        return floats;
    }

    @Test
    void findsTheSameOnAnyNumberOfThreads() {
        Graph graph = SmallQuantized.graph(BlockKind.BASIC, Shortcut.PROJECTION);
        Function<String, float[]> values = new RandomValues(graph, 11)::get;
        CalibrationImages images = SmallQuantized.images(30, 1);
        Quantizer.Result one = Quantizer.quantize(
                graph, values, images, QuantizeOptions.defaults().withThreads(1));
        Quantizer.Result three = Quantizer.quantize(
                graph, values, images, QuantizeOptions.defaults().withThreads(3));
        assertThat(three.report()).isEqualTo(one.report());
        assertThat(three.network().quantization().scales())
                .isEqualTo(one.network().quantization().scales());
        Map<String, QuantizedLayer> layers = one.network().quantization().layers();
        three.network().quantization().layers().forEach((name, layer) -> {
            QuantizedLayer same = Objects.requireNonNull(layers.get(name));
            assertThat(layer.weights()).isEqualTo(same.weights());
            assertThat(layer.scales()).isEqualTo(same.scales());
            assertThat(layer.bias()).isEqualTo(same.bias());
        });
    }

    @Test
    void takesTheLargestMagnitudesWithoutASearchAndStaysClose() {
        Graph graph = SmallQuantized.graph(BlockKind.BOTTLENECK, Shortcut.PROJECTION);
        QuantizationReport report = Quantizer.quantize(
                        graph,
                        new RandomValues(graph, 11)::get,
                        SmallQuantized.images(30, 1),
                        QuantizeOptions.defaults().withBar(NO_BAR).withSearch(false))
                .report();
        assertThat(report.values()).isNotEmpty().allMatch(value -> value.method() == RangeMethod.MIN_MAX);
        assertThat(report.layers())
                .filteredOn(layer -> !Double.isNaN(layer.local()))
                .isNotEmpty()
                .allMatch(layer -> layer.int8() && layer.method() == WeightMethod.MAX_ABS);
        assertThat(report.decibels()).isBetween(25.0, 70.0);
    }

    @Test
    void leavesTheWorstLayersInFloatUntilTheBarIsReached() {
        QuantizedModel free = SmallQuantized.model(BlockKind.BASIC, Shortcut.PROJECTION, NO_BAR);
        double wanted = free.report().decibels() + 3;
        QuantizedModel model = SmallQuantized.model(BlockKind.BASIC, Shortcut.PROJECTION, new Bar(0, wanted));
        List<String> fallbacks = model.report().fallbacks();
        assertThat(fallbacks).isNotEmpty();
        assertThat(model.report().decibels()).isGreaterThanOrEqualTo(wanted);
        assertThat(model.network().quantization().layers()).doesNotContainKeys(fallbacks.toArray(String[]::new));
        double worstKept = model.report().layers().stream()
                .filter(QuantizationReport.LayerReport::int8)
                .mapToDouble(QuantizationReport.LayerReport::decibels)
                .min()
                .orElseThrow();
        assertThat(model.report().layers())
                .filteredOn(layer -> !layer.int8())
                .allSatisfy(layer -> assertThat(layer.decibels()).isLessThanOrEqualTo(worstKept));
    }

    @Test
    void computesAllInFloatIfNothingLessReachesTheBar() {
        QuantizedModel model = SmallQuantized.model(BlockKind.BASIC, Shortcut.ZERO_PAD, new Bar(1, 300));
        assertThat(model.network().quantization().layers()).isEmpty();
        assertThat(model.network().quantization().scales()).isEmpty();
        assertThat(model.network().quantization().stem()).isFalse();
        assertThat(model.report().decibels()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void givesEveryOperandOfAnInt8AdditionAScale() {
        QuantizedModel model = SmallQuantized.model(BlockKind.BOTTLENECK, Shortcut.PROJECTION, NO_BAR);
        Map<String, Float> scales = model.network().quantization().scales();
        assertThat(scales).containsKeys("conv1", "maxpool", "layer1.0.downsample.0", "layer2.0.conv3", "avgpool");
        assertThat(scales.get("maxpool")).isEqualTo(scales.get("conv1"));
        assertThat(scales).doesNotContainKeys("input", "layer2.1.conv3", "fc");
        assertThat(model.network().signed()).contains("layer1.0.downsample.0").doesNotContain("maxpool", "avgpool");
        assertThat(model.network().sums())
                .containsOnlyKeys("layer1.0.conv3", "layer1.1.conv3", "layer2.0.conv3", "layer2.1.conv3");
    }

    @Test
    void refusesANetworkThatOverflows() {
        Graph graph = SmallQuantized.graph(BlockKind.BASIC, Shortcut.NONE);
        RandomValues values = new RandomValues(graph, 11);
        assertThatThrownBy(() -> Quantizer.quantize(
                        graph,
                        name -> {
                            float[] parameter = values.get(name);
                            if (name.equals("bn1.weight")) {
                                Arrays.fill(parameter, Float.MAX_VALUE);
                            }
                            return parameter;
                        },
                        SmallQuantized.images(9, 1),
                        QuantizeOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("for a calibration image, expected finite values");
    }

    @Test
    void refusesTooFewImages() {
        assertThatThrownBy(() -> SmallQuantized.images(3, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 calibration images, expected at least 8, better some hundred");
    }

    @Test
    void refusesProbabilities() {
        Graph graph = SmallQuantized.graph(BlockKind.BASIC, Shortcut.NONE).withSoftmax();
        assertThatThrownBy(() -> Quantizer.quantize(
                        graph,
                        new RandomValues(graph, 1)::get,
                        SmallQuantized.images(9, 1),
                        QuantizeOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a fused graph that ends in logits");
    }
}
