package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.RandomValues;
import dev.gatun.Tasks;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.onednn.Team;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Variants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A thread has a team while it has plans to run, and none for having compiled them. */
class PlanThreadsTest {
    /** Of a thread and, as Linux hands it on, of those that it starts; at most 15 bytes. */
    private static final String NAME = "gatun-plan-test";

    @Test
    void threadsOfATeamEndWithWhatTheyAreFor() {
        assumeTrue(Team.isAvailable(), "skipped: no OpenMP runtime with GOMP_parallel");
        assumeTrue(Tasks.known(), "skipped: needs Linux's /proc");
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().name(NAME).start(() -> {
            try {
                compileAndRun();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        assertThat(done).succeedsWithin(Duration.ofMinutes(1));
    }

    private static void compileAndRun() {
        Graph graph = GraphBuilder.build(Variants.named("resnet20-cifar10"));
        PlanRequest request = new PlanRequest(1, 32, 32, InputFormat.F32_NCHW, Precision.F32, false, 2, null);
        try (Arena arena = Arena.ofConfined();
                Plan plan = Plan.of(graph, LayerWeights.folding(new RandomValues(graph, 1)::get), request)) {
            assertThat(threads(1)).hasSize(1);
            MemorySegment src = arena.allocate(plan.srcBytes(), Float.BYTES);
            MemorySegment dst = arena.allocate(plan.dstBytes(), Float.BYTES);
            try (Execution execution = new Execution(plan)) {
                execution.run(src, dst);
                assertThat(threads(2)).hasSize(2);
            }
            assertThat(threads(1)).hasSize(1);
        }
    }

    private static List<String> threads(int expected) {
        return Tasks.await(NAME, cpus -> cpus.size() == expected);
    }

    @Test
    void threadsThatAPlanDoesNotHaveCannotBePinned() {
        Graph graph = GraphBuilder.build(Variants.named("resnet20-cifar10"));
        PlanRequest request = new PlanRequest(1, 32, 32, InputFormat.F32_NCHW, Precision.F32, false, 2, null);
        try (Plan plan = Plan.of(graph, LayerWeights.folding(new RandomValues(graph, 1)::get), request);
                Execution execution = new Execution(plan)) {
            assertThatThrownBy(() -> execution.pin(List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("CPUs of 0 threads beside the caller, expected those of 1");
            assertThatThrownBy(() -> execution.pin(List.of(new BitSet())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected at least one for each");
        }
    }
}
