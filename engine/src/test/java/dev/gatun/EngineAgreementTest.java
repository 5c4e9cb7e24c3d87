package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.onednn.OneDnn;
import dev.gatun.onnx.OnnxWriter;
import dev.gatun.plan.Execution;
import dev.gatun.plan.LayerWeights;
import dev.gatun.plan.Plan;
import dev.gatun.plan.PlanRequest;
import dev.gatun.spec.Features;
import dev.gatun.spec.HeadSpec;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Variants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine against ONNX Runtime, on the ONNX files that the engine writes and on random weights. */
class EngineAgreementTest {
    /** What a run is given. */
    private record Images(int batch, int height, int width) {}

    /** One of each kind, with all that the engine does differently for it. */
    private static final Set<String> KINDS = Set.of(
            "resnet18",
            "resnet50",
            "resnet50-v1",
            "resnext50_32x4d",
            "resnet50d",
            "resnet50-keras",
            "resnet50v2-keras",
            "resnet20-cifar10",
            "resnet20v1-keras-cifar10",
            "resnet20v2-keras-cifar10");

    static Stream<String> kinds() {
        return KINDS.stream().sorted();
    }

    @Tag("isa")
    @ParameterizedTest
    @MethodSource("kinds")
    void everyKindAnswersAsOnnxRuntimeDoes(String variant) {
        ResNetSpec spec = Variants.named(variant);
        int size = spec.input().size();
        agree(variant, GraphBuilder.build(spec), List.of(new Images(1, size, size), new Images(3, 64, 40)));
    }

    static Stream<String> others() {
        return Variants.all().keySet().stream().filter(name -> !KINDS.contains(name));
    }

    @ParameterizedTest
    @MethodSource("others")
    void everyOtherVariantAnswersAsOnnxRuntimeDoes(String variant) {
        ResNetSpec spec = Variants.named(variant);
        int size = spec.input().size();
        agree(variant, GraphBuilder.build(spec), List.of(new Images(1, size, size), new Images(3, 64, 40)));
    }

    /** Every kind with strides of 4 in its stem, at every output stride; the pyramid's last level is the last map. */
    static Stream<ResNetSpec> pyramids() {
        return Stream.of(
                        "resnet50",
                        "resnet50-v1",
                        "resnext50_32x4d",
                        "wide_resnet50_2",
                        "resnet50d",
                        "resnet50-keras",
                        "resnet50v2-keras")
                .flatMap(name -> Stream.of(8, 16, 32).map(stride -> backbone(name, stride, Features.PYRAMID)));
    }

    @ParameterizedTest
    @MethodSource("pyramids")
    void everyPyramidAnswersAsOnnxRuntimeDoes(ResNetSpec spec) {
        agree(spec.name(), GraphBuilder.build(spec), List.of(new Images(1, 64, 64), new Images(3, 70, 45)));
    }

    static Stream<ResNetSpec> backbones() {
        return Stream.concat(
                Stream.of(8, 16, 32)
                        .flatMap(
                                stride -> Stream.of(Features.values()).map(kind -> backbone("resnet18", stride, kind))),
                Stream.of(
                        backbone("resnet50d", 16, Features.LAST_MAP),
                        backbone("resnet50v2-keras", 16, Features.AVERAGE),
                        backbone("resnet50v2-keras", 32, Features.MAXIMUM)));
    }

    @Tag("isa")
    @ParameterizedTest
    @MethodSource("backbones")
    void everyBackboneAnswersAsOnnxRuntimeDoes(ResNetSpec spec) {
        agree(spec.name(), GraphBuilder.build(spec), List.of(new Images(1, 64, 64), new Images(3, 70, 45)));
    }

    private static ResNetSpec backbone(String name, int outputStride, Features kind) {
        return Variants.named(name)
                .withOutputStride(outputStride)
                .withHead(new HeadSpec.Backbone(kind))
                .withName(name + " at stride " + outputStride + " as " + kind);
    }

    static Stream<Arguments> smallNetworks() {
        return SmallNetworks.all().entrySet().stream()
                .map(network -> Arguments.of(network.getKey(), network.getValue()));
    }

    @Tag("isa")
    @ParameterizedTest
    @MethodSource("smallNetworks")
    void everyBlockAndShortcutAnswersAsOnnxRuntimeDoes(String name, Graph graph) {
        int height = SmallNetworks.side(name, 33);
        int width = SmallNetworks.side(name, 47);
        agree(name, graph, List.of(new Images(1, 32, 32), new Images(2, height, width)));
    }

    private static void agree(String name, Graph graph, List<Images> sizes) {
        OnnxWriter.Values values = new RandomValues(graph, 11);
        try (OrtOracle oracle = OrtOracle.load(OnnxWriter.toBytes(graph, "test", values))) {
            for (Images size : sizes) {
                float[] images = Runner.images(12, size.batch() * 3 * size.height() * size.width());
                Map<String, OrtOracle.Output> expected =
                        oracle.runAll(images, size.batch(), 3, size.height(), size.width());
                PlanRequest request = new PlanRequest(
                        size.batch(),
                        size.height(),
                        size.width(),
                        InputFormat.F32_NCHW,
                        Precision.F32,
                        false,
                        OneDnn.maxThreads(),
                        null);
                Map<String, float[]> found = run(graph, values, request, images);
                assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
                expected.forEach((output, reference) -> {
                    double error = Errors.relative(found.getOrDefault(output, new float[0]), reference.values());
                    System.out.printf(
                            "%s %s %s: relative error %.1e on %s%n", name, size, output, error, OneDnn.effectiveIsa());
                    assertThat(error).isLessThan(1e-4);
                });
            }
        }
    }

    private static Map<String, float[]> run(
            Graph graph, OnnxWriter.Values values, PlanRequest request, float[] images) {
        try (Arena arena = Arena.ofConfined();
                Plan plan = Plan.of(graph, LayerWeights.folding(values::get), request);
                Execution execution = new Execution(plan)) {
            MemorySegment dst = arena.allocate(plan.dstBytes(), Float.BYTES);
            execution.run(arena.allocateFrom(ValueLayout.JAVA_FLOAT, images), dst);
            Map<String, float[]> results = new LinkedHashMap<>();
            plan.outputs()
                    .forEach(output -> results.put(
                            output.name(),
                            dst.asSlice(output.offset(), output.shape().elements() * Float.BYTES)
                                    .toArray(ValueLayout.JAVA_FLOAT)));
            return results;
        }
    }
}
