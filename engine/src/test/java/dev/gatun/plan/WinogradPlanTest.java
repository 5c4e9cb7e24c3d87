package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.Errors;
import dev.gatun.RandomValues;
import dev.gatun.graph.Epilogue;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.natives.Winograd;
import dev.gatun.onednn.CpuIsa;
import dev.gatun.onednn.OneDnn;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What minimal filtering computes against what oneDNN computes of the same plan. */
class WinogradPlanTest {
    private static final Window SAME = Window.same(3, 1);

    /** Of the stem, which takes few of the pixels: images may not be as small as the values in question. */
    private static final int STRIDE = 8;

    @BeforeEach
    void needsAvx512() {
        assumeTrue(
                OneDnn.effectiveIsa().includes(CpuIsa.AVX512_CORE)
                        && Winograd.F4X4_3X3.obstacle().isEmpty(),
                () -> "skipped: no AVX-512 on " + OneDnn.effectiveIsa());
    }

    /** With AMX, too, in the run of tests that has it hidden. */
    private static void assumeFilters(Precision precision) {
        if (precision == Precision.BF16) {
            CpuIsa isa = OneDnn.effectiveIsa();
            assumeTrue(
                    isa.includes(CpuIsa.AVX512_CORE_BF16) && !isa.includes(CpuIsa.AVX10_1_512_AMX),
                    () -> "skipped: bf16 is filtered with AVX512_BF16 and without AMX, and this is " + isa);
            assumeTrue(
                    Winograd.F4X4_3X3_BF16.obstacle().isEmpty(),
                    () -> "skipped: " + Winograd.F4X4_3X3_BF16.obstacle().orElseThrow());
        }
    }

    @AfterEach
    void filtersAgain() {
        System.clearProperty(WinogradPlanner.PROPERTY);
    }

    private static Node.Conv conv(
            String name, String src, int ic, int oc, Window window, @Nullable String residual, boolean relu) {
        Node.Conv plain = Node.Conv.stored(name, src, ic, oc, 1, window);
        return new Node.Conv(
                name, src, ic, oc, 1, window, plain.kernel(), name + ".bias", null, new Epilogue(residual, relu));
    }

    /** The convolution in question, then sums over what another still reads, over what nobody reads any more, and without ReLU. */
    private static Graph graph(Window window, int ic, int oc) {
        return new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, ic, Window.square(1, STRIDE, 0), null, false),
                        conv("asked", "stem", ic, oc, window, null, true),
                        conv("over", "asked", oc, oc, SAME, "asked", true),
                        conv("again", "over", oc, oc, SAME, "asked", false),
                        conv("last", "again", oc, 32, SAME, null, false)),
                List.of("over", "last"));
    }

    static List<Arguments> problems() {
        List<Arguments> problems = new ArrayList<>();
        for (Window window :
                List.of(SAME, Window.square(3, 1, 0), Window.square(3, 1, 2), new Window(3, 3, 1, 1, 0, 2, 1, 0, 1))) {
            problems.add(Arguments.of(window, 1, 16, 64, 33, 20));
            problems.add(Arguments.of(window, 3, 64, 96, 14, 31));
        }
        problems.add(Arguments.of(SAME, 1, 32, 32, 56, 56));
        problems.add(Arguments.of(SAME, 7, 256, 64, 7, 7));
        problems.add(Arguments.of(SAME, 5, 512, 512, 4, 5));
        return problems;
    }

    /** Of so many channels that it pays although bf16 is multiplied twice as fast. */
    static Stream<Arguments> problemsInBf16() {
        return Stream.concat(
                problems().stream().filter(problem -> (int) problem.get()[2] >= 64 && (int) problem.get()[4] >= 14),
                // Threads share output channels, and channels are no multiple of 32.
                Stream.of(Arguments.of(SAME, 1, 256, 256, 14, 14), Arguments.of(SAME, 1, 80, 96, 28, 28)));
    }

    private static PlanRequest request(Precision precision, int images, int height, int width, int threads) {
        return new PlanRequest(
                images,
                (long) STRIDE * height,
                (long) STRIDE * width,
                InputFormat.F32_NCHW,
                precision,
                false,
                threads,
                null);
    }

    private static MemorySegment values(Arena arena, PlanRequest request) {
        float[] values = new float[(int) (request.batch() * 3 * request.height() * request.width())];
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
    }

    private static float[] run(Graph graph, PlanRequest request, MemorySegment src, boolean filtering) {
        System.setProperty(WinogradPlanner.PROPERTY, filtering ? "on" : "off");
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Arena arena = Arena.ofConfined();
                Plan plan = Plan.of(graph, weights, request);
                Execution execution = new Execution(plan)) {
            long steps = plan.stepInfos().stream()
                    .filter(step -> step.implementation().startsWith("winograd:f4x4_3x3"))
                    .map(Plan.StepInfo::name)
                    .distinct()
                    .count();
            assertThat(steps).isEqualTo(filtering ? 4 : 0);
            MemorySegment dst = arena.allocate(plan.dstBytes(), 4);
            execution.run(src, dst);
            float[] first = dst.toArray(ValueLayout.JAVA_FLOAT);
            execution.run(src, dst.fill((byte) 7));
            assertThat(dst.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(first);
            return first;
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void answersAsOneDnnDoes(Window window, int images, int ic, int oc, int height, int width) {
        Graph graph = graph(window, ic, oc);
        try (Arena arena = Arena.ofConfined()) {
            PlanRequest one = request(Precision.F32, images, height, width, 1);
            MemorySegment src = values(arena, one);
            float[] expected = run(graph, one, src, false);
            float[] found = run(graph, one, src, true);
            // As far as other orders of the same sums are apart; a wrong tap is off by a tenth or more.
            assertThat(Errors.relative(found, expected)).isLessThan(1e-5);
            assertThat(run(graph, request(Precision.F32, images, height, width, 2), src, true))
                    .isEqualTo(found);
            assertThat(run(graph, request(Precision.F32, images, height, width, 3), src, true))
                    .isEqualTo(found);
        }
    }

    @ParameterizedTest
    @MethodSource("problemsInBf16")
    @Tag("avx512-bf16")
    void valuesInBf16AreAsExactAsOneDnns(Window window, int images, int ic, int oc, int height, int width) {
        assumeFilters(Precision.BF16);
        Graph graph = graph(window, ic, oc);
        try (Arena arena = Arena.ofConfined()) {
            PlanRequest one = request(Precision.BF16, images, height, width, 1);
            MemorySegment src = values(arena, one);
            float[] exact = run(graph, request(Precision.F32, images, height, width, 1), src, false);
            float[] oneDnns = run(graph, one, src, false);
            float[] found = run(graph, one, src, true);
            assertThat(Errors.relative(found, exact))
                    .isLessThan(1.1 * Errors.relative(oneDnns, exact))
                    .isGreaterThan(0);
            assertThat(run(graph, request(Precision.BF16, images, height, width, 2), src, true))
                    .isEqualTo(found);
            assertThat(run(graph, request(Precision.BF16, images, height, width, 3), src, true))
                    .isEqualTo(found);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"F32", "BF16"})
    @Tag("avx512-bf16")
    void imagesOfABatchAreAsTheyAreAlone(Precision precision) {
        assumeFilters(precision);
        Graph graph = graph(SAME, 64, 64);
        try (Arena arena = Arena.ofConfined()) {
            PlanRequest batch = request(precision, 4, 18, 30, 1);
            MemorySegment src = values(arena, batch);
            float[] together = run(graph, batch, src, true);
            long bytes = src.byteSize() / 4;
            int values = 64 * 18 * 30;
            for (int image = 0; image < 4; image++) {
                float[] alone = run(graph, request(precision, 1, 18, 30, 1), src.asSlice(image * bytes, bytes), true);
                assertThat(Arrays.copyOfRange(together, image * values, (image + 1) * values))
                        .isEqualTo(Arrays.copyOf(alone, values));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"F32", "BF16"})
    @Tag("avx512-bf16")
    void whatIsNoNumberStaysSo(Precision precision) {
        assumeFilters(precision);
        Graph graph = graph(SAME, 64, 64);
        try (Arena arena = Arena.ofConfined()) {
            int side = 28;
            PlanRequest request = request(precision, 1, side, side, 1);
            MemorySegment src = values(arena, request);
            src.setAtIndex(ValueLayout.JAVA_FLOAT, (5 * STRIDE * side + 5) * (long) STRIDE, Float.NaN);
            float[] found = run(graph, request, src, true);
            assertThat(found[5 * side + 5]).isNaN();
            assertThat(found[20 * side + 20]).isFinite();
        }
    }

    @Test
    void leavesToOneDnnWhatReadsMoreThanItMultiplies() {
        Graph graph = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        conv("stem", "input", 3, 512, Window.square(1, STRIDE, 0), null, true),
                        conv("few", "stem", 512, 512, SAME, null, true),
                        conv("strided", "few", 512, 64, Window.same(3, 2), null, true),
                        conv("odd", "strided", 64, 40, SAME, null, true)),
                List.of("odd"));
        LayerWeights weights = LayerWeights.folding(new RandomValues(graph, 6)::get);
        try (Plan plan = Plan.of(graph, weights, request(Precision.F32, 1, 7, 7, 1))) {
            assertThat(plan.stepInfos())
                    .extracting(Plan.StepInfo::implementation)
                    .noneMatch(name -> Objects.requireNonNull(name).startsWith("winograd"));
        }
    }
}
