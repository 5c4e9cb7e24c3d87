package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.Errors;
import dev.gatun.RandomValues;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Node;
import dev.gatun.graph.Passes;
import dev.gatun.onednn.OneDnn;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Variants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** By how much bf16 and int8 differ from f32 for every member of the family, on random weights and images; ISAs are left to others. */
class FamilyPrecisionTest {
    private static final int IMAGES = 2;

    static Stream<String> members() {
        return Variants.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("members")
    void everyMemberAnswersAlmostAsInF32(String name) {
        Graph graph = GraphBuilder.build(Variants.named(name));
        Graph fused = Passes.fuse(graph);
        LayerWeights weights = kept(LayerWeights.folding(new RandomValues(graph, 5)::get));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = Int8PlanTest.pixels(arena, IMAGES, false);
            Map<String, float[]> values = Int8PlanTest.values(fused, weights, request(Precision.F32), src);
            float[] f32 = values.getOrDefault(fused.outputs().getFirst(), new float[0]);
            LayerWeights eight = Int8PlanTest.with(weights, Int8PlanTest.quantization(fused, weights, values, true));
            double bf16 = Errors.relative(Int8PlanTest.run(graph, weights, request(Precision.BF16), src), f32);
            double int8 = Errors.relative(Int8PlanTest.run(graph, eight, request(Precision.INT8), src), f32);
            System.out.printf(
                    "%s: relative error to f32 of bf16 %.1e, of int8 %.1e on %s%n",
                    name, bf16, int8, OneDnn.effectiveIsa());
            // They differ, for they are not f32 in disguise, and by a few roundings of their type.
            assertThat(bf16).isBetween(1e-4, 0.05);
            assertThat(int8).isBetween(1e-4, 0.1);
        }
    }

    /** Draws and folds each layer once for all precisions. */
    private static LayerWeights kept(LayerWeights weights) {
        Map<String, FoldedWeights> kept = new HashMap<>();
        return new LayerWeights() {
            @Override
            public FoldedWeights of(Node.Conv conv) {
                return kept.computeIfAbsent(conv.name(), _ -> weights.of(conv));
            }

            @Override
            public FoldedWeights of(Node.InnerProduct product) {
                return kept.computeIfAbsent(product.name(), _ -> weights.of(product));
            }
        };
    }

    private static PlanRequest request(Precision precision) {
        PlanRequest request = Int8PlanTest.request(IMAGES, InputFormat.U8_NHWC, precision);
        return new PlanRequest(
                request.batch(),
                request.height(),
                request.width(),
                request.input(),
                precision,
                true,
                request.threads(),
                request.normalization(),
                false);
    }
}
