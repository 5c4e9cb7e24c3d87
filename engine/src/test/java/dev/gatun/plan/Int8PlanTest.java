package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.Errors;
import dev.gatun.RandomValues;
import dev.gatun.SmallNetworks;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Node;
import dev.gatun.graph.Passes;
import dev.gatun.graph.Window;
import dev.gatun.image.Normalization;
import dev.gatun.onednn.CpuIsa;
import dev.gatun.onednn.OneDnn;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Variants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans in int8 against the same graphs in f32, quantised by the greatest magnitude of each value. */
@Tag("isa")
class Int8PlanTest {
    private static final int SIDE = 32;

    static PlanRequest request(long batch, InputFormat input, Precision precision) {
        return new PlanRequest(batch, SIDE, SIDE, input, precision, false, 1, Normalization.IMAGENET);
    }

    static float[] run(Graph graph, LayerWeights weights, PlanRequest request, MemorySegment src) {
        try (Arena arena = Arena.ofConfined();
                Plan plan = Plan.of(graph, weights, request);
                Execution execution = new Execution(plan)) {
            assertThat(plan.stepInfos()).noneMatch(step -> step.implementation().startsWith("ref"));
            MemorySegment dst = arena.allocate(plan.dstBytes(), 4);
            execution.run(src, dst);
            return dst.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /** All values of a fused graph by name. */
    static Map<String, float[]> values(Graph fused, LayerWeights weights, PlanRequest request, MemorySegment src) {
        List<String> names = fused.nodes().stream().skip(1).map(Node::name).toList();
        Map<String, float[]> values = new LinkedHashMap<>();
        try (Arena arena = Arena.ofConfined();
                Plan plan = Plan.of(new Graph(fused.nodes(), names), weights, request);
                Execution execution = new Execution(plan)) {
            MemorySegment dst = arena.allocate(plan.dstBytes(), 4);
            execution.run(src, dst);
            for (Plan.Output output : plan.outputs()) {
                values.put(
                        output.name(),
                        dst.asSlice(output.offset(), 4 * output.shape().elements())
                                .toArray(ValueLayout.JAVA_FLOAT));
            }
        }
        return values;
    }

    private static float greatest(float[] values) {
        float greatest = 0;
        for (float value : values) {
            greatest = Math.max(greatest, Math.abs(value));
        }
        return greatest;
    }

    private static QuantizedLayer quantized(FoldedWeights folded) {
        int oc = folded.bias().length;
        int perChannel = folded.weights().length / oc;
        byte[] weights = new byte[folded.weights().length];
        float[] scales = new float[oc];
        for (int o = 0; o < oc; o++) {
            float[] row = Arrays.copyOfRange(folded.weights(), o * perChannel, (o + 1) * perChannel);
            scales[o] = Math.max(greatest(row), 1e-6f) / 127;
            for (int i = 0; i < perChannel; i++) {
                weights[o * perChannel + i] = (byte) Math.round(row[i] / scales[o]);
            }
        }
        return new QuantizedLayer(weights, scales, folded.bias());
    }

    static Quantization quantization(Graph fused, LayerWeights weights, Map<String, float[]> values, boolean stem) {
        Map<String, Float> scales = new HashMap<>();
        values.forEach((name, found) -> scales.put(
                name, greatest(found) / (Quantization.nonNegative(fused).contains(name) ? 255 : 127)));
        Map<String, QuantizedLayer> layers = new HashMap<>();
        for (Node node : fused.nodes()) {
            switch (node) {
                case Node.Conv conv
                when !conv.src().equals(fused.input().name()) && !EightBit.embeds(conv) ->
                    layers.put(conv.name(), quantized(weights.of(conv)));
                case Node.InnerProduct product -> layers.put(product.name(), quantized(weights.of(product)));
                default -> {}
            }
        }
        return new Quantization(scales, layers, stem);
    }

    static LayerWeights with(LayerWeights weights, Quantization quantization) {
        return new LayerWeights() {
            @Override
            public FoldedWeights of(Node.Conv conv) {
                return weights.of(conv);
            }

            @Override
            public FoldedWeights of(Node.InnerProduct product) {
                return weights.of(product);
            }

            @Override
            public @Nullable Quantization quantization() {
                return quantization;
            }
        };
    }

    static MemorySegment pixels(Arena arena, int images, boolean planar) {
        SplittableRandom random = new SplittableRandom(3);
        MemorySegment pixels = arena.allocate(3L * images * SIDE * SIDE);
        for (int n = 0; n < images; n++) {
            for (int p = 0; p < SIDE * SIDE; p++) {
                for (int c = 0; c < 3; c++) {
                    long at = n * 3L * SIDE * SIDE + (planar ? (long) c * SIDE * SIDE + p : p * 3L + c);
                    pixels.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt(256));
                }
            }
        }
        return pixels;
    }

    static List<Arguments> networks() {
        List<Arguments> networks = new ArrayList<>();
        SmallNetworks.all().forEach((name, graph) -> {
            if (graph.outputs().size() == 1) {
                networks.add(Arguments.of(name, graph));
            }
        });
        networks.add(Arguments.of("resnet50", GraphBuilder.build(Variants.named("resnet50"))));
        return networks;
    }

    @ParameterizedTest
    @MethodSource("networks")
    void answersAlmostAsF32(String name, Graph graph) {
        Graph fused = Passes.fuse(graph);
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 5)::get);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = pixels(arena, 3, false);
            PlanRequest f32 = request(3, InputFormat.U8_NHWC, Precision.F32);
            Map<String, float[]> values = values(fused, weights, f32, src);
            float[] expected = values.getOrDefault(fused.outputs().getFirst(), new float[0]);
            for (boolean stem : new boolean[] {false, true}) {
                LayerWeights eight = with(weights, quantization(fused, weights, values, stem));
                float[] found = run(graph, eight, request(3, InputFormat.U8_NHWC, Precision.INT8), src);
                double error = Errors.relative(found, expected);
                System.out.printf(
                        "%s int8, stem %s: relative error %.1e on %s%n",
                        name, stem ? "too" : "not", error, OneDnn.effectiveIsa());
                assertThat(error).isLessThan(0.1);
            }
        }
    }

    @Test
    void theStemReadsPixelsOfEitherOrderAndPadsThemAsItShould() {
        Graph graph = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        Node.Conv.stored("stem", "input", 3, 16, 1, new Window(5, 5, 2, 2, 3, 2, 2, 3, 1)),
                        Node.Conv.stored("next", "stem", 16, 16, 1, Window.same(1, 1))),
                List.of("stem", "next"));
        // Weights that int8 holds exactly, so that only the border and normalisation can be wrong.
        float[] kernel = new float[16 * 3 * 25];
        SplittableRandom random = new SplittableRandom(4);
        Normalization same = new Normalization(
                Normalization.IMAGENET.order(), 1, List.of(123.675f, 116.28f, 103.53f), List.of(1f, 1f, 1f));
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = i % 75 == 0 ? 127 : random.nextInt(-127, 128);
        }
        LayerWeights weights = LayerWeights.folding(name -> name.equals("stem.weight") ? kernel : new float[256]);
        for (InputFormat input : List.of(InputFormat.U8_NHWC, InputFormat.U8_NCHW)) {
            PlanRequest f32 = new PlanRequest(2, SIDE, SIDE, input, Precision.F32, false, 1, same);
            PlanRequest int8 = new PlanRequest(2, SIDE, SIDE, input, Precision.INT8, false, 1, same);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment src = pixels(arena, 2, input.planar());
                float[] expected = run(graph, weights, f32, src);
                LayerWeights eight = with(weights, new Quantization(Map.of(), Map.of(), true));
                float[] found = run(graph, eight, int8, src);
                assertThat(Errors.relative(found, expected)).isLessThan(4e-3);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"16, 16, 1, 1", "64, 32, 1, 3", "32, 32, 8, 3", "16, 16, 16, 3", "6, 8, 1, 3"})
    void weightsThatKeepThePairLimitAreExactOnEveryIsa(int ic, int oc, int groups, int side) {
        Node.Conv stem = Node.Conv.stored("stem", "input", 3, ic, 1, Window.same(1, 1));
        Node.Conv next = Node.Conv.stored("next", "stem", ic, oc, groups, Window.same(side, 1));
        Graph graph = Passes.fuse(new Graph(
                List.of(new Node.Input("input", 3), stem, new Node.Relu("relu", "stem"), next.withSources(_ -> "relu")),
                List.of("next")));
        Node.Conv relu = (Node.Conv) graph.node(graph.node("next").sources().getFirst());
        // Each channel is the samples of a colour, as they are.
        float[] colours = new float[ic * 3];
        for (int c = 0; c < ic; c++) {
            colours[c * 3 + c % 3] = 1;
        }
        PairLimit limit = new PairLimit(ic / groups, side * side);
        byte[] rows = extreme(oc, limit, side * side);
        float[] ones = ones(oc);
        Quantization quantization = new Quantization(
                Map.of(relu.name(), 1f), Map.of("next", new QuantizedLayer(rows, ones, new float[oc], limit)), false);
        float[] real = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            real[i] = rows[i];
        }
        LayerWeights weights = LayerWeights.folding(name -> name.equals("stem.weight") ? colours : real);
        Normalization none =
                new Normalization(Normalization.IMAGENET.order(), 1, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = pixels(arena, 2, false);
            for (long i = 0; i < src.byteSize(); i++) {
                src.set(ValueLayout.JAVA_BYTE, i, (byte) (src.get(ValueLayout.JAVA_BYTE, i) | 0xf0));
            }
            PlanRequest f32 = new PlanRequest(2, SIDE, SIDE, InputFormat.U8_NHWC, Precision.F32, false, 1, none);
            PlanRequest int8 = new PlanRequest(2, SIDE, SIDE, InputFormat.U8_NHWC, Precision.INT8, false, 1, none);
            float[] expected = summedDirectly(graph, weights, f32, src);
            float[] found = run(graph, with(weights, quantization), int8, src);
            // Where the CPU is fast in bf16, results that int8 does not read are rounded to it.
            boolean bf16 = OneDnn.effectiveIsa().includes(CpuIsa.AVX512_CORE_BF16);
            assertThat(Errors.relative(found, expected)).isLessThanOrEqualTo(bf16 ? 0x1p-8 : 0);
        }
    }

    /** In f32, where sums of whole numbers are exact if nothing is transformed on the way. */
    private static float[] summedDirectly(Graph graph, LayerWeights weights, PlanRequest request, MemorySegment src) {
        System.setProperty(WinogradPlanner.PROPERTY, "off");
        try {
            return run(graph, weights, request, src);
        } finally {
            System.clearProperty(WinogradPlanner.PROPERTY);
        }
    }

    /** Rows that overflow 16 bits if the limit allows a single step too much. */
    private static byte[] extreme(int oc, PairLimit limit, int taps) {
        SplittableRandom random = new SplittableRandom(6);
        byte[] rows = new byte[oc * limit.size()];
        for (int o = 0; o < oc; o++) {
            for (int i = 0; i < limit.size(); i++) {
                int wanted = o % 4 == 0 ? 127 : o % 4 == 1 ? -127 : random.nextInt(-127, 128);
                // Halves in some of the rows, so that both of a pair are large.
                int first = o % 8 < 4 && i / taps % 2 == 0 ? wanted / 2 : wanted;
                rows[o * limit.size() + i] = (byte) limit.clamp(rows, o * limit.size(), i, first);
            }
        }
        return rows;
    }

    @Test
    void refusesAGraphOfWhichNothingIsKnown() {
        Graph graph = GraphBuilder.build(Variants.named("resnet20-cifar10"));
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 5)::get);
        assertThatThrownBy(() -> Plan.of(graph, weights, request(1, InputFormat.F32_NCHW, Precision.INT8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gatun quantize");
        QuantizedLayer layer = new QuantizedLayer(new byte[10 * 64], ones(10), new float[10]);
        LayerWeights unscaled = with(weights, new Quantization(Map.of(), Map.of("fc", layer), false));
        assertThatThrownBy(() -> Plan.of(graph, unscaled, request(1, InputFormat.F32_NCHW, Precision.INT8)))
                .hasMessageContaining("fc is to compute in int8")
                .hasMessageContaining("has no scale");
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }
}
