package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Plans that run on tiles and, in comparison, on oneDNN. */
abstract class OnTiles {
    static final int HEIGHT = 36;
    static final int WIDTH = 47;

    /** What tiles believe of their core, {@code ask} by default. */
    static final String CORE = "gatun.core";

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

    static Node.Conv conv(
            String name, String src, int ic, int oc, Window window, @Nullable String residual, boolean relu) {
        Node.Conv plain = Node.Conv.stored(name, src, ic, oc, 1, window);
        return new Node.Conv(name, src, ic, oc, 1, window, plain.kernel(), null, null, new Epilogue(residual, relu));
    }

    /** A stem, the convolution in question, one without ReLU that adds to it, and one more. */
    static Graph graph(Window window, int oc) {
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

    static PlanRequest request(int images, InputFormat input, Precision precision, int threads) {
        return new PlanRequest(images, HEIGHT, WIDTH, input, precision, false, threads, Normalization.IMAGENET);
    }

    static MemorySegment pixels(Arena arena, int images) {
        byte[] bytes = new byte[images * 3 * HEIGHT * WIDTH];
        new SplittableRandom(2).nextBytes(bytes);
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
    }

    static float[] run(Graph graph, LayerWeights weights, PlanRequest request, MemorySegment src, boolean tiles) {
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

    static float[] run(Plan plan, MemorySegment src, String core) {
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
}
