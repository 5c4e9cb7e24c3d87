package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.Errors;
import dev.gatun.RandomValues;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Shortcuts of bottleneck blocks, which tiles sum with what adds them. */
class TileShortcutTest extends OnTiles {
    /** A bottleneck block with a shortcut, and what else there is to its ends. */
    private static Graph bottleneck(int stride, List<Node> more, List<String> outputs) {
        return bottleneck(stride, 64, 192, false, more, outputs);
    }

    private static Graph bottleneck(
            int stride, int width, int oc, boolean relu, List<Node> more, List<String> outputs) {
        Window one = Window.square(1, 1, 0);
        List<Node> nodes = new ArrayList<>(List.of(
                new Node.Input("input", 3),
                conv("stem", "input", 3, 128, Window.same(3, 1), null, true),
                conv("shortcut", "stem", 128, oc, Window.square(1, stride, 0), null, relu),
                conv("conv1", "stem", 128, width, one, null, true),
                conv("conv2", "conv1", width, width, Window.same(3, stride), null, true),
                conv("conv3", "conv2", width, oc, one, "shortcut", true),
                conv("again", "conv3", oc, oc, one, "conv3", true)));
        nodes.addAll(more);
        return new Graph(nodes, outputs);
    }

    /** Of two, three, four and more steps, and of weights that are read once a layer, or by one thread each. */
    @ParameterizedTest
    @CsvSource({"1, 64, 192", "2, 96, 192", "3, 128, 192", "2, 256, 384", "1, 320, 512"})
    void shortcutsAreSummedWithWhatAddsThem(int stride, int width, int oc) {
        Graph graph = bottleneck(stride, width, oc, false, List.of(), List.of("again"));
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            int images = 3;
            MemorySegment src = pixels(arena, images);
            PlanRequest request = request(images, InputFormat.U8_NHWC, Precision.BF16, 1);
            float[] found = run(graph, weights, request, src, true);
            assertThat(Errors.relative(found, run(graph, weights, request, src, false)))
                    .isLessThan(1e-2);
            for (int threads : new int[] {2, 3}) {
                PlanRequest inTeam = request(images, InputFormat.U8_NHWC, Precision.BF16, threads);
                assertThat(run(graph, weights, inTeam, src, true)).isEqualTo(found);
            }
            long bytes = src.byteSize() / images;
            int values = found.length / images;
            PlanRequest one = request(1, InputFormat.U8_NHWC, Precision.BF16, 1);
            for (int image = 0; image < images; image++) {
                assertThat(run(graph, weights, one, src.asSlice(image * bytes, bytes), true))
                        .isEqualTo(Arrays.copyOfRange(found, image * values, (image + 1) * values));
            }
            System.setProperty(TilePlanner.PROPERTY, "on");
            try (Plan plan = Plan.of(graph, weights, request)) {
                assertThat(plan.stepInfos()).noneMatch(step -> step.name().equals("shortcut"));
                assertThat(plan.stepInfos())
                        .filteredOn(step -> step.name().equals("conv3"))
                        .isNotEmpty()
                        .allSatisfy(step -> {
                            assertThat(step.implementation()).isEqualTo("tiles:bf16_none");
                            assertThat(step.layouts()).containsPattern(" \\+ bf16:\\w+ .x128x");
                        });
            }
        }
    }

    /** As in files that list the shortcut behind what it is added to. */
    @ParameterizedTest
    @CsvSource({"1, 64", "2, 64", "2, 256"})
    void shortcutsMayAdd(int stride, int width) {
        Window one = Window.square(1, 1, 0);
        Graph graph = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, 128, Window.same(3, 1), null, true),
                        conv("conv1", "stem", 128, width, one, null, true),
                        conv("conv2", "conv1", width, width, Window.same(3, stride), null, true),
                        conv("conv3", "conv2", width, 192, one, null, false),
                        conv("shortcut", "stem", 128, 192, Window.square(1, stride, 0), "conv3", true),
                        conv("again", "shortcut", 192, 192, one, "shortcut", true)),
                List.of("again"));
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = pixels(arena, 3);
            PlanRequest request = request(3, InputFormat.U8_NHWC, Precision.BF16, 1);
            float[] found = run(graph, weights, request, src, true);
            assertThat(Errors.relative(found, run(graph, weights, request, src, false)))
                    .isLessThan(1e-2);
            // In another order, the same sums.
            Graph first = bottleneck(stride, width, 192, false, List.of(), List.of("again"));
            assertThat(run(first, weights, request, src, true)).isEqualTo(found);
            System.setProperty(TilePlanner.PROPERTY, "on");
            try (Plan plan = Plan.of(graph, weights, request)) {
                assertThat(plan.stepInfos()).noneMatch(step -> step.name().equals("conv3"));
            }
        }
    }

    static List<Graph> shortcutsOfTheirOwn() {
        Window one = Window.square(1, 1, 0);
        return List.of(
                bottleneck(
                        1,
                        List.of(
                                conv("more", "again", 192, 128, one, "stem", true),
                                conv("last", "more", 128, 64, Window.square(1, 2, 0), null, true)),
                        List.of("last")),
                bottleneck(2, 32, 192, false, List.of(), List.of("again")),
                bottleneck(2, 64, 192, true, List.of(), List.of("again")),
                bottleneck(2, List.of(), List.of("again", "shortcut")),
                bottleneck(2, List.of(conv("more", "shortcut", 192, 64, one, null, true)), List.of("again", "more")),
                bottleneck(
                        2,
                        List.of(conv("more", "stem", 128, 64, Window.same(3, 1), null, true)),
                        List.of("again", "more")),
                bottleneck(
                        1,
                        List.of(conv("more", "stem", 128, 64, Window.square(1, 2, 0), null, true)),
                        List.of("again", "more")),
                bottleneck(
                        2,
                        List.of(conv("more", "conv2", 64, 64, Window.same(3, 1), null, true)),
                        List.of("again", "more")));
    }

    @ParameterizedTest
    @MethodSource
    void shortcutsOfTheirOwn(Graph graph) {
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = pixels(arena, 2);
            PlanRequest request = request(2, InputFormat.U8_NHWC, Precision.BF16, 1);
            assertThat(Errors.relative(
                            run(graph, weights, request, src, true), run(graph, weights, request, src, false)))
                    .isLessThan(1e-2);
            System.setProperty(TilePlanner.PROPERTY, "on");
            try (Plan plan = Plan.of(graph, weights, request)) {
                assertThat(plan.stepInfos()).anyMatch(step -> step.name().equals("shortcut"));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"conv3, conv3", "shortcut, shortcut", "shortcut, conv3"})
    void shortcutsAreSummedInFloatsOnly(String left, String alsoLeft) {
        TilePlanTest.requireMixed(bottleneck(2, List.of(), List.of("again")), List.of(left, alsoLeft));
    }

    @Test
    void aWarmCacheHasTheWeightsOfBoth(@TempDir Path directory) {
        Graph graph = bottleneck(2, 64, 192, false, List.of(), List.of("again"));
        RandomValues values = new RandomValues(graph, 6);
        AtomicInteger reads = new AtomicInteger();
        LayerWeights weights = LayerWeights.folding(
                name -> {
                    reads.incrementAndGet();
                    return values.get(name);
                },
                null,
                () -> Optional.of("weights"));
        PlanCache cache = new PlanCache(Optional.of(directory), true, 1L << 30);
        PlanRequest request = request(1, InputFormat.U8_NHWC, Precision.BF16, 1);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = pixels(arena, 1);
            float[] found = run(graph, LayerWeights.folding(values::get), request, src, true);
            System.setProperty(TilePlanner.PROPERTY, "on");
            for (boolean warm : new boolean[] {false, true}) {
                reads.set(0);
                try (Plan plan = Plan.of(graph, weights, request, cache, TuningFile::ofUser)) {
                    assertThat(plan.stepInfos()).noneMatch(step -> step.name().equals("shortcut"));
                    assertThat(run(plan, src, "ask")).isEqualTo(found);
                }
                assertThat(reads.get() == 0).isEqualTo(warm);
            }
        }
    }

    /** As in ResNet-D, where the shortcut averages what the convolutions stride over. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "INT8"})
    void pooledShortcuts(Precision precision) {
        Window one = Window.square(1, 1, 0);
        Graph graph = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, 128, Window.same(3, 1), null, true),
                        new Node.AveragePool("pool", "stem", Window.square(2, 2, 0), false),
                        conv("shortcut", "pool", 128, 192, one, null, false),
                        conv("conv1", "stem", 128, 64, one, null, true),
                        conv("conv2", "conv1", 64, 64, new Window(2, 2, 2, 2, 0, 0, 0, 0, 1), null, true),
                        conv("conv3", "conv2", 64, 192, one, "shortcut", true),
                        conv("again", "conv3", 192, 192, one, "conv3", true)),
                List.of("again"));
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = pixels(arena, 2);
            PlanRequest f32 = request(2, InputFormat.U8_NHWC, Precision.F32, 1);
            Map<String, float[]> values = Int8PlanTest.values(graph, weights, f32, src);
            LayerWeights both = Int8PlanTest.with(weights, Int8PlanTest.quantization(graph, weights, values, true));
            PlanRequest request = request(2, InputFormat.U8_NHWC, precision, 1);
            float[] expected = run(graph, both, request, src, false);
            assertThat(Errors.relative(run(graph, both, request, src, true), expected))
                    .isLessThan(1e-2);
        }
    }
}
