package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.natives.ThreadAffinity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TeamTest {
    /** Of the thread and, as Linux hands it on, of those that it starts; at most 15 bytes. */
    private static final String NAME = "gatun-team-test";

    private static final Path TASKS = Path.of("/proc/self/task");

    @BeforeEach
    void needsLibgompOnLinux() {
        assumeTrue(Team.isAvailable(), "no OpenMP runtime with GOMP_parallel");
        assumeTrue(Files.isDirectory(TASKS), "needs Linux's /proc");
    }

    @Test
    void releasedTeamsHaveNoThreadsAndComeBack() {
        onThread(() -> {
            for (int i = 0; i < 2; i++) {
                run(3);
                assertThat(tasks()).hasSize(3);
                Team.release();
                awaitNoTeam();
                Team.release();
            }
        });
    }

    @Test
    void pinnedThreadsHaveCpusOfTheirOwnUntilTheyAreReleased() {
        BitSet all = ThreadAffinity.current();
        assumeTrue(all.cardinality() > 1, () -> "needs two CPUs, and may use " + all);
        int first = all.nextSetBit(0);
        int second = all.nextSetBit(first + 1);
        onThread(() -> {
            run(2);
            assertThat(Team.pin(List.of(cpu(second), cpu(first)))).isTrue();
            run(2);
            assertThat(ThreadAffinity.current()).isEqualTo(cpu(second));
            assertThat(tasks().map(TeamTest::cpus)).containsExactlyInAnyOrder("" + first, "" + second);
            assertThat(Team.pin(List.of(cpu(first), cpu(second)))).isTrue();
            assertThat(ThreadAffinity.current()).isEqualTo(cpu(first));
            Team.release();
            assertThat(ThreadAffinity.current()).isEqualTo(all);
            awaitNoTeam();
        });
    }

    @Test
    void whatCannotBePinnedMayRunWhereItMight() {
        BitSet none = cpu(8191);
        BitSet all = ThreadAffinity.current();
        assumeTrue(!all.get(8191), "this machine has that CPU");
        onThread(() -> {
            assertThat(Team.pin(List.of(all, none))).isFalse();
            assertThat(ThreadAffinity.current()).isEqualTo(all);
            awaitNoTeam();
        });
    }

    private static BitSet cpu(int number) {
        BitSet cpu = new BitSet();
        cpu.set(number);
        return cpu;
    }

    private static void onThread(Runnable test) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().name(NAME).start(() -> {
            try {
                test.run();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        assertThat(done).succeedsWithin(Duration.ofMinutes(1));
    }

    /** What is called matters nothing. */
    private static void run(int threads) {
        Team.run(Team.threadNumber(), MemorySegment.NULL, threads, MemorySegment.NULL);
    }

    /** The kernel tells those who wait for a thread a little before it takes it off its list. */
    private static void awaitNoTeam() {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (tasks().count() > 1 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(tasks()).hasSize(1);
    }

    private static Stream<Path> tasks() {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.filter(task -> NAME.equals(line(task, "comm", ""))).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String cpus(Path task) {
        return line(task, "status", "Cpus_allowed_list:");
    }

    private static String line(Path task, String file, String start) {
        try {
            return Files.readAllLines(task.resolve(file)).stream()
                    .filter(line -> line.startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            return "of a thread that ended meanwhile";
        }
    }
}
