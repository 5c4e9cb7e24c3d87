package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.Errors;
import dev.gatun.RandomValues;
import dev.gatun.graph.Epilogue;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.image.Normalization;
import dev.gatun.natives.TileConvolution;
import dev.gatun.onednn.CpuIsa;
import dev.gatun.onednn.OneDnn;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What tiles compute against what oneDNN computes of the same plan. */
class TilePlanTest {
    private static final int HEIGHT = 36;
    private static final int WIDTH = 47;

    /** What tiles believe of their core, {@code ask} by default. */
    private static final String CORE = "gatun.core";

    @BeforeEach
    void needsTiles() {
        assumeTrue(
                OneDnn.effectiveIsa().includes(CpuIsa.AVX10_1_512_AMX)
                        && TileConvolution.U8_NONE.obstacle().isEmpty(),
                () -> "skipped: no AMX on " + OneDnn.effectiveIsa());
    }

    @AfterEach
    void usesTilesAgain() {
        System.clearProperty(TilePlanner.PROPERTY);
        System.clearProperty(CORE);
    }

    private static Node.Conv conv(
            String name, String src, int ic, int oc, Window window, @Nullable String residual, boolean relu) {
        Node.Conv plain = Node.Conv.stored(name, src, ic, oc, 1, window);
        return new Node.Conv(name, src, ic, oc, 1, window, plain.kernel(), null, null, new Epilogue(residual, relu));
    }

    /** A stem, the convolution in question, one without ReLU that adds to it, and one more. */
    private static Graph graph(Window window, int oc) {
        Window one = Window.square(1, 1, 0);
        return new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, 64, Window.same(3, 1), null, true),
                        conv("wide", "stem", 64, 128, one, null, true),
                        conv("asked", "wide", 128, oc, window, null, true),
                        conv("shortcut", "wide", 128, oc, window, null, false),
                        conv("sum", "asked", oc, oc, Window.same(3, 1), "shortcut", true),
                        conv("again", "sum", oc, oc, Window.same(3, 1), "sum", true),
                        conv("signed", "again", oc, 32, one, null, false)),
                List.of("sum", "signed"));
    }

    static List<Arguments> problems() {
        List<Arguments> problems = new ArrayList<>();
        for (Window window : List.of(
                Window.square(1, 1, 0),
                Window.square(1, 2, 0),
                Window.same(3, 1),
                Window.same(3, 2),
                Window.same(3, 1).dilated(2),
                Window.tensorFlowSame(3, 2),
                Window.square(3, 4, 1),
                Window.square(7, 16, 3),
                new Window(5, 3, 1, 1, 1, 0, 3, 2, 1))) {
            for (int images : new int[] {1, 3}) {
                problems.add(Arguments.of(window, images, images == 1 ? 64 : 192));
            }
        }
        return problems;
    }

    private static PlanRequest request(int images, InputFormat input, Precision precision, int threads) {
        return new PlanRequest(images, HEIGHT, WIDTH, input, precision, false, threads, Normalization.IMAGENET);
    }

    private static MemorySegment pixels(Arena arena, int images) {
        byte[] bytes = new byte[images * 3 * HEIGHT * WIDTH];
        new SplittableRandom(2).nextBytes(bytes);
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
    }

    private static float[] run(
            Graph graph, LayerWeights weights, PlanRequest request, MemorySegment src, boolean tiles) {
        System.setProperty(TilePlanner.PROPERTY, tiles ? "on" : "off");
        try (Plan plan = Plan.of(graph, weights, request)) {
            long steps = plan.stepInfos().stream()
                    .filter(step -> step.implementation().startsWith("tiles:"))
                    .count();
            assertThat(steps).isGreaterThanOrEqualTo(tiles ? 3 : 0).isLessThan(tiles ? 100 : 1);
            float[] first = run(plan, src, "ask");
            if (tiles) {
                assertThat(run(plan, src, "shared")).isEqualTo(first);
                assertThat(run(plan, src, "alone")).isEqualTo(first);
            }
            return first;
        }
    }

    private static float[] run(Plan plan, MemorySegment src, String core) {
        System.setProperty(CORE, core);
        try (Arena arena = Arena.ofConfined();
                Execution execution = new Execution(plan)) {
            MemorySegment dst = arena.allocate(plan.dstBytes(), 4);
            execution.run(src, dst);
            float[] first = dst.toArray(ValueLayout.JAVA_FLOAT);
            execution.run(src, dst.fill((byte) 7));
            assertThat(dst.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(first);
            return first;
        }
    }

    @Test
    void refusesToBelieveAnythingElseOfACore() {
        Graph graph = graph(Window.square(1, 1, 0), 64);
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Plan plan = Plan.of(graph, weights, request(1, InputFormat.U8_NHWC, Precision.BF16, 1))) {
            System.setProperty(CORE, "lonely");
            assertThatThrownBy(() -> new Execution(plan))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("gatun.core is 'lonely', expected ask, alone or shared");
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void answersInBf16AsOneDnnDoes(Window window, int images, int oc) {
        Graph graph = graph(window, oc);
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = pixels(arena, images);
            PlanRequest request = request(images, InputFormat.U8_NHWC, Precision.BF16, 1);
            float[] expected = run(graph, weights, request, src, false);
            float[] found = run(graph, weights, request, src, true);
            // A bit of bf16, and what becomes of it in the layers behind.
            assertThat(Errors.relative(found, expected)).isLessThan(1e-2);
            PlanRequest three = request(images, InputFormat.U8_NHWC, Precision.BF16, 3);
            assertThat(run(graph, weights, three, src, true)).isEqualTo(found);
            PlanRequest two = request(images, InputFormat.U8_NHWC, Precision.BF16, 2);
            assertThat(run(graph, weights, two, src, true)).isEqualTo(found);
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void answersInInt8AsOneDnnDoes(Window window, int images, int oc) {
        Graph graph = graph(window, oc);
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = pixels(arena, images);
            PlanRequest f32 = request(images, InputFormat.U8_NHWC, Precision.F32, 1);
            Map<String, float[]> values = Int8PlanTest.values(graph, weights, f32, src);
            LayerWeights eight = Int8PlanTest.with(weights, Int8PlanTest.quantization(graph, weights, values, true));
            PlanRequest request = request(images, InputFormat.U8_NHWC, Precision.INT8, 1);
            float[] expected = run(graph, eight, request, src, false);
            float[] found = run(graph, eight, request, src, true);
            // Sums are the same; a value half way between two levels may go to the other one.
            assertThat(Errors.relative(found, expected)).isLessThan(1e-2);
            int others = 0;
            for (int i = 0; i < found.length; i++) {
                others += found[i] == expected[i] ? 0 : 1;
            }
            assertThat(others).isLessThan(found.length / 50);
            PlanRequest two = request(images, InputFormat.U8_NHWC, Precision.INT8, 2);
            assertThat(run(graph, eight, two, src, true)).isEqualTo(found);
        }
    }

    private static float[] floats(SplittableRandom random, int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) random.nextDouble(-2, 2);
        }
        return floats;
    }

    static List<Window> stems() {
        return List.of(
                Window.square(7, 2, 3),
                Window.same(3, 1),
                Window.same(3, 2),
                Window.tensorFlowSame(7, 2),
                new Window(5, 8, 1, 1, 1, 0, 3, 2, 1));
    }

    @ParameterizedTest
    @MethodSource("stems")
    void stemsReadFloats(Window window) {
        Graph graph = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, 96, window, null, true),
                        conv("next", "stem", 96, 64, Window.same(3, 1), null, true),
                        conv("last", "next", 64, 64, Window.same(3, 1), null, false)),
                List.of("last"));
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        SplittableRandom random = new SplittableRandom(5);
        try (Arena arena = Arena.ofConfined()) {
            for (int images : new int[] {1, 3}) {
                MemorySegment src =
                        arena.allocateFrom(ValueLayout.JAVA_FLOAT, floats(random, images * 3 * HEIGHT * WIDTH));
                PlanRequest request = request(images, InputFormat.F32_NCHW, Precision.BF16, 1);
                float[] expected = run(graph, weights, request, src, false);
                float[] found = run(graph, weights, request, src, true);
                assertThat(Errors.relative(found, expected)).isLessThan(1e-2);
                PlanRequest two = request(images, InputFormat.F32_NCHW, Precision.BF16, 2);
                assertThat(run(graph, weights, two, src, true)).isEqualTo(found);
            }
        }
    }

    static List<Window> pixelStems() {
        List<Window> windows = new ArrayList<>(stems());
        windows.add(Window.square(2, 2, 0));
        windows.add(Window.square(6, 2, 2));
        windows.add(Window.square(8, 4, 2));
        windows.add(Window.square(9, 2, 4));
        windows.add(Window.square(1, 2, 0));
        return windows;
    }

    /** Two rows of the kernel in a step where its stride is even. */
    @ParameterizedTest
    @MethodSource("pixelStems")
    void stemsReadPixels(Window window) {
        Graph graph = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, 96, window, null, true),
                        conv("next", "stem", 96, 64, Window.same(3, 1), null, true),
                        conv("wide", "next", 64, 64, Window.same(3, 1), null, true),
                        conv("more", "wide", 64, 64, Window.same(3, 1), null, true),
                        conv("last", "more", 64, 64, Window.same(3, 1), null, false)),
                List.of("last"));
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            for (InputFormat input : List.of(InputFormat.U8_NHWC, InputFormat.U8_NCHW)) {
                MemorySegment src = pixels(arena, 3);
                PlanRequest f32 = request(3, input, Precision.F32, 1);
                Map<String, float[]> values = Int8PlanTest.values(graph, weights, f32, src);
                Quantization quantization = Int8PlanTest.quantization(graph, weights, values, true);
                LayerWeights eight = Int8PlanTest.with(weights, quantization);
                PlanRequest request = request(3, input, Precision.INT8, 1);
                float[] found = run(graph, eight, request, src, true);
                assertThat(Errors.relative(found, run(graph, eight, request, src, false)))
                        .isLessThan(1e-2);
                PlanRequest two = request(3, input, Precision.INT8, 2);
                assertThat(run(graph, eight, two, src, true)).isEqualTo(found);
            }
        }
    }

    /** One reader wants a frame around the pixels, the other the pixels sorted: a copy in blocks of channels. */
    @Test
    void readersThatWantOtherLayoutsGetACopy() {
        Window one = Window.square(1, 1, 0);
        Graph graph = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, 64, Window.same(3, 1), null, true),
                        conv("wide", "stem", 64, 256, one, null, true),
                        conv("next", "wide", 256, 64, Window.same(3, 1), null, true),
                        conv("smaller", "wide", 256, 256, Window.same(3, 2), null, true)),
                List.of("next", "smaller"));
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        PlanRequest request = request(2, InputFormat.U8_NHWC, Precision.BF16, 1);
        try (Arena arena = Arena.ofConfined();
                Plan plan = Plan.of(graph, weights, request)) {
            assertThat(plan.stepInfos())
                    .anyMatch(step ->
                            step.name().equals("move:wide") && step.layouts().contains("blocked"));
            MemorySegment src = pixels(arena, 2);
            float[] expected = run(graph, weights, request, src, false);
            assertThat(Errors.relative(run(graph, weights, request, src, true), expected))
                    .isLessThan(1e-2);
        }
    }

    static List<Window> pools() {
        return List.of(
                Window.square(3, 2, 1),
                Window.square(2, 2, 0),
                Window.same(3, 1),
                Window.tensorFlowSame(3, 2),
                new Window(5, 3, 3, 2, 2, 0, 1, 1, 1));
    }

    @ParameterizedTest
    @MethodSource("pools")
    void poolsBehindTheStem(Window window) {
        Graph graph = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, 64, Window.same(3, 2), null, true),
                        new Node.MaxPool("pool", "stem", window),
                        conv("next", "pool", 64, 64, Window.same(3, 1), null, true),
                        conv("last", "next", 64, 64, Window.same(3, 1), "pool", true)),
                List.of("last"));
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = pixels(arena, 3);
            PlanRequest f32 = request(3, InputFormat.U8_NHWC, Precision.F32, 1);
            Map<String, float[]> values = Int8PlanTest.values(graph, weights, f32, bytes);
            LayerWeights eight = Int8PlanTest.with(weights, Int8PlanTest.quantization(graph, weights, values, true));
            float[] expected8 = run(graph, eight, request(3, InputFormat.U8_NHWC, Precision.INT8, 1), bytes, false);
            float[] found8 = run(graph, eight, request(3, InputFormat.U8_NHWC, Precision.INT8, 1), bytes, true);
            assertThat(Errors.relative(found8, expected8)).isLessThan(1e-2);

            MemorySegment src =
                    arena.allocateFrom(ValueLayout.JAVA_FLOAT, floats(new SplittableRandom(5), 3 * 3 * HEIGHT * WIDTH));
            PlanRequest request = request(3, InputFormat.F32_NCHW, Precision.BF16, 1);
            float[] expected = run(graph, weights, request, src, false);
            float[] found = run(graph, weights, request, src, true);
            assertThat(Errors.relative(found, expected)).isLessThan(1e-2);
            PlanRequest two = request(3, InputFormat.F32_NCHW, Precision.BF16, 2);
            assertThat(run(graph, weights, two, src, true)).isEqualTo(found);
            System.setProperty(TilePlanner.PROPERTY, "on");
            try (Plan plan = Plan.of(graph, weights, request)) {
                assertThat(plan.stepInfos())
                        .anyMatch(step -> step.implementation().equals("tiles:greatest_bf16"));
            }
        }
    }

    /** A network's end: what is pooled is added to something of 8 bits, with or without a sign, or to nothing. */
    private static Graph head(String added, int classes) {
        Window one = Window.square(1, 1, 0);
        boolean adds = !added.equals("none");
        return new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, 64, Window.same(3, 1), null, true),
                        conv("added", "stem", 64, 128, one, null, added.equals("u8")),
                        conv("narrow", "added", 128, 64, one, null, true),
                        conv("wide", "narrow", 64, 128, one, null, true),
                        conv("last", "wide", 128, 128, Window.same(3, 1), adds ? "added" : null, true),
                        new Node.GlobalAveragePool("pool", "last"),
                        new Node.InnerProduct("fc", "pool", 128, classes)),
                List.of("fc"));
    }

    private static List<String> implementations(Graph graph, LayerWeights weights, PlanRequest request) {
        System.setProperty(TilePlanner.PROPERTY, "on");
        try (Plan plan = Plan.of(graph, weights, request)) {
            return plan.stepInfos().stream()
                    .filter(step -> List.of("last", "pool", "fc").contains(step.name()))
                    .map(step -> step.implementation())
                    .distinct()
                    .toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"u8, 1000", "u8, 64", "s8, 33", "none, 10"})
    void headsAnswerInBf16AsOneDnnDoes(String added, int classes) {
        Graph graph = head(added, classes);
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
            for (int image = 0; image < images; image++) {
                PlanRequest alone = request(1, InputFormat.U8_NHWC, Precision.BF16, 1);
                assertThat(run(graph, weights, alone, src.asSlice(image * bytes, bytes), true))
                        .startsWith(Arrays.copyOfRange(found, image * classes, (image + 1) * classes));
            }
            String last = added.equals("none") ? "tiles:bf16_none" : "tiles:bf16_bf16";
            assertThat(implementations(graph, weights, request))
                    .containsExactly(last, "tiles:mean_bf16", "tiles:product_bf16");
        }
    }

    @ParameterizedTest
    @CsvSource({"u8, 1000", "u8, 64", "s8, 33", "none, 10"})
    void headsAnswerInInt8AsOneDnnDoes(String added, int classes) {
        Graph graph = head(added, classes);
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            int images = 3;
            MemorySegment src = pixels(arena, images);
            PlanRequest f32 = request(images, InputFormat.U8_NHWC, Precision.F32, 1);
            Map<String, float[]> values = Int8PlanTest.values(graph, weights, f32, src);
            LayerWeights eight = Int8PlanTest.with(weights, Int8PlanTest.quantization(graph, weights, values, true));
            PlanRequest request = request(images, InputFormat.U8_NHWC, Precision.INT8, 1);
            float[] found = run(graph, eight, request, src, true);
            assertThat(Errors.relative(found, run(graph, eight, request, src, false)))
                    .isLessThan(1e-2);
            for (int threads : new int[] {2, 3}) {
                PlanRequest inTeam = request(images, InputFormat.U8_NHWC, Precision.INT8, threads);
                assertThat(run(graph, eight, inTeam, src, true)).isEqualTo(found);
            }
            assertThat(implementations(graph, eight, request))
                    .containsExactly("tiles:to_bf16_" + added, "tiles:mean_u8", "tiles:product_u8");
        }
    }

    /** Only what means are multiplied by is read here; a map of one pixel may have come from elsewhere. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void productsOfOtherThanMeansStayOneDnns(boolean pooled) {
        Window whole = new Window(HEIGHT, WIDTH, 1, 1, 0, 0, 0, 0, 1);
        Graph graph = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, 64, Window.same(3, 1), null, true),
                        conv("wide", "stem", 64, 128, Window.square(1, 1, 0), null, true),
                        conv("next", "wide", 128, 64, Window.square(1, 1, 0), null, true),
                        pooled
                                ? new Node.MaxPool("one", "next", whole)
                                : conv("one", "next", 64, 64, whole, null, true),
                        new Node.InnerProduct("fc", "one", 64, 10)),
                List.of("fc"));
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = pixels(arena, 1);
            PlanRequest request = request(1, InputFormat.U8_NHWC, Precision.BF16, 1);
            float[] expected = run(graph, weights, request, src, false);
            assertThat(Errors.relative(run(graph, weights, request, src, true), expected))
                    .isLessThan(1e-2);
        }
    }

    /** The product is written where the caller says, which may be gone. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void refusesResultsInAClosedArena(int threads) {
        Graph graph = head("u8", 10);
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined();
                Plan plan = Plan.of(graph, weights, request(1, InputFormat.U8_NHWC, Precision.BF16, threads));
                Execution execution = new Execution(plan)) {
            MemorySegment src = pixels(arena, 1);
            Arena gone = Arena.ofShared();
            MemorySegment dst = gone.allocate(plan.dstBytes(), 4);
            execution.run(src, dst);
            gone.close();
            assertThatThrownBy(() -> execution.run(src, dst))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    /** Results that are added to each other lie as the last of them is read: sorted by the stride of its reader, where that costs nothing. */
    @ParameterizedTest
    @CsvSource({"48, true", "47, false"})
    void sumsLieAsTheLastOfThemIsRead(int width, boolean sorted) {
        Window one = Window.square(1, 1, 0);
        Graph graph = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, 64, Window.same(3, 1), null, true),
                        conv("first", "stem", 64, 128, one, null, true),
                        conv("within", "first", 128, 64, one, null, true),
                        conv("second", "within", 64, 128, one, "first", true),
                        conv("deeper", "second", 128, 64, one, null, true),
                        conv("third", "deeper", 64, 128, one, "second", true),
                        conv("after", "third", 128, 64, Window.square(1, 2, 0), null, true)),
                List.of("after"));
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = new byte[2 * 3 * HEIGHT * width];
            new SplittableRandom(2).nextBytes(bytes);
            MemorySegment src = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            PlanRequest request = new PlanRequest(
                    2, HEIGHT, width, InputFormat.U8_NHWC, Precision.BF16, false, 1, Normalization.IMAGENET);
            assertThat(Errors.relative(
                            run(graph, weights, request, src, true), run(graph, weights, request, src, false)))
                    .isLessThan(1e-2);
            System.setProperty(TilePlanner.PROPERTY, "on");
            try (Plan plan = Plan.of(graph, weights, request)) {
                assertThat(plan.stepInfos())
                        .filteredOn(step -> List.of("first", "second").contains(step.name()))
                        .isNotEmpty()
                        .allSatisfy(step ->
                                assertThat(step.layouts()).matches(".*" + (sorted ? "/2" : width) + " blocked"));
            }
        }
    }

    /** What a layer in int8 keeps in 8 bits, one that is left in bf16 reads too. */
    @ParameterizedTest
    @ValueSource(strings = {"wide", "asked", "shortcut", "sum", "again", "signed"})
    void layersLeftInFloatsReadWhatOthersKeepInInt8(String left) {
        requireMixed(graph(Window.same(3, 1), 64), List.of(left));
    }

    @ParameterizedTest
    @CsvSource({"conv3, conv3", "shortcut, shortcut", "shortcut, conv3"})
    void shortcutsAreSummedInFloatsOnly(String left, String alsoLeft) {
        requireMixed(bottleneck(2, List.of(), List.of("again")), List.of(left, alsoLeft));
    }

    /** An int8 plan of which some layers are left in float. */
    private static void requireMixed(Graph graph, List<String> left) {
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = pixels(arena, 1);
            PlanRequest f32 = request(1, InputFormat.U8_NHWC, Precision.F32, 1);
            Map<String, float[]> values = Int8PlanTest.values(graph, weights, f32, src);
            Quantization all = Int8PlanTest.quantization(graph, weights, values, true);
            Map<String, QuantizedLayer> layers = new HashMap<>(all.layers());
            left.forEach(layers::remove);
            LayerWeights mixed = Int8PlanTest.with(weights, new Quantization(all.scales(), layers, true));
            PlanRequest request = request(1, InputFormat.U8_NHWC, Precision.INT8, 1);
            float[] expected = run(graph, mixed, request, src, false);
            assertThat(Errors.relative(run(graph, mixed, request, src, true), expected))
                    .isLessThan(1e-2);
        }
    }

    /** 32 channels in 8 bits are no block of their own. */
    @Test
    void halfABlockIsAdded() {
        Window one = Window.square(1, 1, 0);
        Graph graph = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, 64, Window.same(3, 1), null, true),
                        conv("wide", "stem", 64, 128, one, null, true),
                        conv("half", "wide", 128, 32, one, null, false),
                        conv("sum", "wide", 128, 32, Window.same(3, 1), "half", true),
                        conv("after", "sum", 32, 32, one, null, true)),
                List.of("after"));
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = pixels(arena, 2);
            PlanRequest f32 = request(2, InputFormat.U8_NHWC, Precision.F32, 1);
            Map<String, float[]> values = Int8PlanTest.values(graph, weights, f32, src);
            LayerWeights eight = Int8PlanTest.with(weights, Int8PlanTest.quantization(graph, weights, values, true));
            PlanRequest request = request(2, InputFormat.U8_NHWC, Precision.INT8, 1);
            float[] expected = run(graph, eight, request, src, false);
            assertThat(Errors.relative(run(graph, eight, request, src, true), expected))
                    .isLessThan(1e-2);
            System.setProperty(TilePlanner.PROPERTY, "on");
            try (Plan plan = Plan.of(graph, eight, request)) {
                assertThat(plan.stepInfos())
                        .filteredOn(step -> step.name().equals("half"))
                        .singleElement()
                        .satisfies(step -> assertThat(step.layouts()).endsWith("x32x36x47"));
            }
        }
    }

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
                            assertThat(step.layouts()).containsPattern(" \\+ bf16:.x128x");
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

    @Test
    void imagesOfABatchAreAsTheyAreAlone() {
        Graph graph = graph(Window.same(3, 2), 64);
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined()) {
            int images = 3;
            MemorySegment src = pixels(arena, images);
            float[] together = run(graph, weights, request(images, InputFormat.U8_NHWC, Precision.BF16, 1), src, true);
            long bytes = src.byteSize() / images;
            int oh = (HEIGHT + 1) / 2;
            int ow = (WIDTH + 1) / 2;
            int values = 64 * oh * ow;
            for (int image = 0; image < images; image++) {
                float[] alone = run(
                        graph,
                        weights,
                        request(1, InputFormat.U8_NHWC, Precision.BF16, 1),
                        src.asSlice(image * bytes, bytes),
                        true);
                assertThat(Arrays.copyOfRange(together, image * values, (image + 1) * values))
                        .isEqualTo(Arrays.copyOf(alone, values));
            }
        }
    }
}
