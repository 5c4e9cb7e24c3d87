package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.Errors;
import dev.gatun.RandomValues;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.image.Normalization;
import dev.gatun.natives.CoreAnswers;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What tiles compute against what oneDNN computes of the same plan. */
class TilePlanTest extends OnTiles {
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

    @Test
    void coresAreAskedAndTheirAnswersCounted() {
        Graph graph = graph(Window.same(3, 1), 64);
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined();
                Plan plan = Plan.of(graph, weights, request(1, InputFormat.U8_NHWC, Precision.BF16, 1))) {
            MemorySegment src = pixels(arena, 1);
            CoreAnswers before = CoreAnswers.soFar();
            run(plan, src, "alone");
            run(plan, src, "shared");
            assertThat(CoreAnswers.soFar()).isEqualTo(before);
            run(plan, src, "ask");
            CoreAnswers answers = CoreAnswers.soFar().since(before);
            assertThat(answers.asked()).isPositive();
            assertThat(answers.shared()).isBetween(0L, answers.asked());
            assertThat(answers.alone()).isEqualTo(answers.shared() == 0);
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
                            step.name().equals("move:wide") && step.layouts().contains("aBcd32b"));
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
                                assertThat(step.layouts()).matches(".*-> bf16:aBcd32b \\S+" + (sorted ? "/2" : width)));
            }
        }
    }

    /** What a layer in int8 keeps in 8 bits, one that is left in bf16 reads too. */
    @ParameterizedTest
    @ValueSource(strings = {"wide", "asked", "shortcut", "sum", "again", "signed"})
    void layersLeftInFloatsReadWhatOthersKeepInInt8(String left) {
        requireMixed(graph(Window.same(3, 1), 64), List.of(left));
    }

    /** An int8 plan of which some layers are left in float. */
    static void requireMixed(Graph graph, List<String> left) {
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
                        .satisfies(step -> assertThat(step.layouts()).matches(".*:acdb \\S+x32x36x47"));
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
