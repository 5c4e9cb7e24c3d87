package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
    private static final Path TASKS = Path.of("/proc/self/task");

    private final BitSet all = ThreadAffinity.current();

    @BeforeEach
    void needsLibgompOnLinux() {
        assumeTrue(Team.isAvailable(), "skipped: no OpenMP runtime with GOMP_parallel");
        assumeTrue(Files.isDirectory(TASKS), "skipped: needs Linux's /proc");
    }

    @Test
    void releasedTeamsHaveNoThreadsAndComeBack() {
        onThread("team-released", name -> {
            for (int i = 0; i < 2; i++) {
                run(3);
                awaitTasks(name, 3);
                Team.release();
                awaitTasks(name, 1);
                Team.release();
            }
        });
    }

    @Test
    void pinnedThreadsHaveCpusOfTheirOwnUntilTheyAreReleased() {
        int first = all.nextSetBit(0);
        int last = all.length() - 1;
        assumeTrue(first < last, () -> "skipped: needs two CPUs, and may use " + all);
        onThread("team-pinned", name -> {
            run(2);
            String callers = cpus(name).getFirst();
            assertThat(Team.pin(List.of(cpu(last), cpu(first)))).isTrue();
            run(3);
            awaitTasks(name, 3);
            assertThat(cpus(name)).containsExactlyInAnyOrder(callers, "" + last, "" + first);
            run(2);
            run(3);
            awaitTasks(name, 3);
            // The one that has come back may run anywhere.
            assertThat(cpus(name)).containsExactlyInAnyOrder(callers, "" + last, callers);
            Team.release();
            awaitTasks(name, 1);
            assertThat(ThreadAffinity.current()).isEqualTo(all);
        });
    }

    @Test
    void whatCannotBePinnedMayRunWhereTheCallerMay() {
        BitSet none = cpu(8191);
        assumeTrue(!all.get(8191), "skipped: this machine has that CPU");
        onThread("team-unpinned", name -> {
            assertThat(Team.pin(List.of(cpu(all.nextSetBit(0)), none))).isFalse();
            assertThat(ThreadAffinity.current()).isEqualTo(all);
            awaitTasks(name, 1);
            assertThatThrownBy(() -> Team.pin(List.of(all, new BitSet())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected at least one for each");
            assertThat(ThreadAffinity.current()).isEqualTo(all);
        });
    }

    private static BitSet cpu(int number) {
        BitSet cpu = new BitSet();
        cpu.set(number);
        return cpu;
    }

    private interface OnThread {
        void run(String name);
    }

    /** @param name at most 15 bytes, which on Linux threads hand on to those that they start */
    private static void onThread(String name, OnThread test) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().name(name).start(() -> {
            try {
                test.run(name);
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

    /** Those who wait for a thread know of its end a little before the list does. */
    private static void awaitTasks(String name, int expected) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (cpus(name).size() != expected && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(cpus(name)).hasSize(expected);
    }

    /** That each thread of the name may run on. */
    private static List<String> cpus(String name) {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.filter(task -> name.equals(line(task, "comm", "")))
                    .map(task -> line(task, "status", "Cpus_allowed_list:"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
