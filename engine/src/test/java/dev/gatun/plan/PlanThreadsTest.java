package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.RandomValues;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.onednn.Team;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Variants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A thread has a team while it has plans to run, and none for having compiled them. */
class PlanThreadsTest {
    /** Of a thread and, as Linux hands it on, of those that it starts; at most 15 bytes. */
    private static final String NAME = "gatun-plan-test";

    @Test
    void threadsOfATeamEndWithWhatTheyAreFor() {
        assumeTrue(Team.isAvailable(), "no OpenMP runtime with GOMP_parallel");
        assumeTrue(Files.isDirectory(Path.of("/proc/self/task")), "needs Linux's /proc");
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
            awaitNoTeam();
            try (Execution execution = new Execution(plan)) {
                execution.run(
                        arena.allocate(plan.srcBytes(), Float.BYTES), arena.allocate(plan.dstBytes(), Float.BYTES));
                assertThat(threads()).isEqualTo(2);
            }
            awaitNoTeam();
        }
    }

    /** The kernel tells those who wait for a thread a little before it takes it off its list. */
    private static void awaitNoTeam() {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (threads() > 1 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(threads()).isEqualTo(1);
    }

    private static long threads() {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.map(PlanThreadsTest::name).filter(NAME::equals).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException e) {
            return "that of a thread that ended meanwhile";
        }
    }
}
