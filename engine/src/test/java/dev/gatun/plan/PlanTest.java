package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.RandomValues;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphCost;
import dev.gatun.graph.NaiveGraph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.image.Normalization;
import dev.gatun.onednn.OneDnn;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Variants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Graph NETWORK = GraphBuilder.build(Variants.named("resnet20-cifar10"));

    private static PlanRequest request(long batch, long height, long width) {
        return new PlanRequest(batch, height, width, InputFormat.F32_NCHW, Precision.F32, false, 1, null);
    }

    private static Plan plan(Graph graph, PlanRequest request) {
        return Plan.of(graph, LayerWeights.folding(new RandomValues(graph, 1)::get), request);
    }

    @Test
    void imagesThatCannotBeAreRefusedBeforeAnythingNative() {
        assertThatThrownBy(() -> request(0, 32, 32)).hasMessageContaining("batch is 0");
        assertThatThrownBy(() -> request(1, 31, 32)).hasMessageContaining("31x32");
        for (PlanRequest huge : List.of(
                request(Integer.MAX_VALUE, 32, 32),
                request(1, 1 << 20, 1 << 20),
                request(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE))) {
            assertThatThrownBy(() -> plan(NETWORK, huge))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("too many at once");
        }
    }

    @Test
    void pixelsNeedANormalizationOfTheirChannels() {
        assertThatThrownBy(() -> new PlanRequest(1, 32, 32, InputFormat.U8_NCHW, Precision.F32, false, 1, null))
                .hasMessageContaining("nothing to normalise it with");
        Graph gray = new Graph(
                List.of(new Node.Input("input", 1), Node.Conv.stored("c", "input", 1, 4, 1, Window.same(3, 1))),
                List.of("c"));
        PlanRequest pixels =
                new PlanRequest(1, 32, 32, InputFormat.U8_NCHW, Precision.F32, false, 1, Normalization.IMAGENET);
        assertThatThrownBy(() -> plan(gray, pixels)).hasMessageContaining("pixels have 3 channels, but input takes 1");
    }

    @Test
    void anAdditionMayReadTheImagesAndLeavesThemAsTheyAre() {
        Graph graph = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        Node.Conv.stored("c", "input", 3, 3, 1, Window.same(3, 1)),
                        new Node.Add("sum", "c", "input"),
                        new Node.Relu("out", "sum")),
                List.of("out"));
        float[] images = RandomValues.uniform(4, 3 * 33 * 40, -1, 1);
        RandomValues values = new RandomValues(graph, 1);
        double[] expected = NaiveGraph.run(graph, values, images, 1, 33, 40).getFirst();
        try (Arena arena = Arena.ofConfined();
                Plan plan = plan(graph, request(1, 33, 40));
                Execution execution = new Execution(plan)) {
            MemorySegment src = arena.allocateFrom(ValueLayout.JAVA_FLOAT, images);
            MemorySegment dst = arena.allocate(plan.dstBytes(), 4);
            execution.run(src, dst);
            assertThat(dev.gatun.Errors.relative(dst.toArray(ValueLayout.JAVA_FLOAT), expected))
                    .isLessThan(1e-5);
            assertThat(src.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(images);
        }
    }

    @Test
    void graphsThatPutOutNothingNewAreRefused() {
        Graph nothing = new Graph(List.of(new Node.Input("input", 3)), List.of("input"));
        assertThatThrownBy(() -> plan(nothing, request(1, 32, 32))).hasMessageContaining("puts out its input");
    }

    /**
     * 1,202 layers share the memory of a few: three maps of the first stage are alive at once, 64 kB each. A fifth of the weights may be
     * those of minimal filtering, which are four times as many.
     */
    @Test
    void theDeepestNetworkNeedsLittleMoreThanItsWeights() {
        Graph graph = GraphBuilder.build(Variants.named("resnet1202-cifar10"));
        try (Plan plan = plan(graph, request(1, 32, 32))) {
            long parameters = GraphCost.of(graph, 32, 32).parameters();
            assertThat(plan.weightBytes()).isBetween(parameters * 4 * 99 / 100, parameters * 4 * 17 / 10);
            assertThat(plan.arenaBytes()).isLessThan(1 << 20);
            assertThat(plan.stepInfos()).hasSizeBetween(1202, 1212);
        }
    }

    @Test
    void aRunThatCouldNotBeginLeavesNothingBehind() {
        Graph graph = new Graph(
                List.of(new Node.Input("input", 3), Node.Conv.stored("out", "input", 3, 8, 1, Window.same(7, 1))),
                List.of("out"));
        try (Arena arena = Arena.ofConfined();
                Plan plan = plan(graph, request(1, 33, 40));
                Execution execution = new Execution(plan)) {
            MemorySegment src = arena.allocateFrom(ValueLayout.JAVA_FLOAT, RandomValues.uniform(4, 3 * 33 * 40, -1, 1));
            MemorySegment dst = arena.allocate(plan.dstBytes(), 4);
            execution.run(src, dst);
            float[] expected = dst.toArray(ValueLayout.JAVA_FLOAT);
            Arena other = Arena.ofConfined();
            MemorySegment closed = other.allocate(plan.dstBytes(), 4);
            other.close();
            MemorySegment zeros = arena.allocate(plan.srcBytes(), 4);
            assertThatThrownBy(() -> execution.run(zeros, closed)).isInstanceOf(IllegalStateException.class);
            execution.run(src, dst);
            assertThat(dst.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(expected);
        }
    }

    @Test
    void theCallersOpenMpTeamStaysAsItWas() {
        int before = OneDnn.maxThreads();
        try (Arena arena = Arena.ofConfined()) {
            // More than a plan may have.
            OneDnn.restoreThreads(OneDnn.MAX_THREADS + 1);
            try (Plan plan = plan(NETWORK, request(1, 32, 32));
                    Execution execution = new Execution(plan)) {
                execution.run(arena.allocate(plan.srcBytes(), 4), arena.allocate(plan.dstBytes(), 4));
                assertThat(OneDnn.maxThreads()).isEqualTo(OneDnn.MAX_THREADS + 1);
            }
        } finally {
            OneDnn.restoreThreads(before);
        }
    }

    @Test
    void virtualThreadsAreRefused() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        plan(NETWORK, request(1, 32, 32)).close();
                    } catch (IllegalStateException e) {
                        thrown.set(e);
                    }
                })
                .join();
        assertThat(thrown.get()).hasMessageContaining("platform threads");
    }

    @Test
    void equalLayersShareTheirCode() {
        Graph graph = GraphBuilder.build(Variants.named("resnet50"));
        try (Plan plan = plan(graph, request(1, 64, 64))) {
            List<Step.Execute> steps = plan.steps().stream()
                    .filter(Step.Execute.class::isInstance)
                    .map(Step.Execute.class::cast)
                    .toList();
            long primitives =
                    steps.stream().map(Step.Execute::primitive).distinct().count();
            assertThat(steps).hasSizeGreaterThan(35);
            assertThat(primitives).isLessThan(steps.size() * 2L / 3);
        }
    }

    @Test
    void everyStepOfAnImageNetNetworkRunsOnAFastImplementation() {
        Graph graph = GraphBuilder.build(Variants.named("resnet50"));
        for (Precision precision : List.of(Precision.F32, Precision.BF16, Precision.F16)) {
            if (PrecisionSupport.of(precision).level() == PrecisionSupport.Level.FAST) {
                PlanRequest request = new PlanRequest(1, 224, 224, InputFormat.F32_NCHW, precision, false, 1, null);
                try (Plan plan = plan(graph, request)) {
                    System.out.println(precision + " on " + OneDnn.effectiveIsa() + ": "
                            + plan.stepInfos().stream()
                                    .map(Plan.StepInfo::implementation)
                                    .distinct()
                                    .toList());
                    assertThat(plan.stepInfos())
                            .noneMatch(step -> step.implementation().startsWith("ref"))
                            .noneMatch(step -> step.implementation().contains("gemm:ref"));
                    long reorders = plan.stepInfos().stream()
                            .filter(step -> step.name().startsWith("reorder"))
                            .count();
                    // The images may have to change their layout; between the layers nothing should.
                    assertThat(reorders).isLessThanOrEqualTo(1);
                }
            }
        }
    }
}
