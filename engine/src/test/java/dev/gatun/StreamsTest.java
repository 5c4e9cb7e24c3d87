package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.gatun.natives.Core;
import dev.gatun.natives.Machine;
import dev.gatun.onednn.Team;
import dev.gatun.runtime.Batcher;
import dev.gatun.runtime.Completion;
import dev.gatun.runtime.Pinning;
import dev.gatun.runtime.Placement;
import dev.gatun.runtime.StreamPool;
import dev.gatun.spec.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Streams that run a network. */
class StreamsTest {
    private static final int USABLE = Machine.current().usableThreads();
    private static final int IMAGE = 3 * 32 * 32;
    private static final int CLASSES = 10;

    private final Model model = ResNet.bundled();
    private final CompileOptions options =
            CompileOptions.defaults().withHint(Hint.THROUGHPUT).withEmulation(true);
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
    }

    private MemorySegment images(int count) {
        return arena.allocateFrom(ValueLayout.JAVA_FLOAT, Runner.images(11, count * IMAGE));
    }

    /** The results of a session, batch by batch, the last one filled up with zeros. */
    private float[] alone(CompiledModel compiled, MemorySegment images, int count) {
        float[] results = new float[count * CLASSES];
        try (Session session = compiled.newSession()) {
            for (int first = 0; first < count; first += compiled.batch()) {
                int here = Math.min(compiled.batch(), count - first);
                MemorySegment src = compiled.allocateSrc(arena);
                MemorySegment dst = compiled.allocateDst(arena);
                MemorySegment.copy(images, 4L * first * IMAGE, src, 0, 4L * here * IMAGE);
                session.run(src, dst);
                MemorySegment.copy(dst, ValueLayout.JAVA_FLOAT, 0, results, first * CLASSES, here * CLASSES);
            }
        }
        return results;
    }

    @Test
    @Tag("isa")
    void streamsGiveTheBitsOfASession() {
        int count = 13;
        MemorySegment images = images(count);
        for (Precision precision : List.of(Precision.F32, Precision.BF16, Precision.F16)) {
            for (int batch : new int[] {1, 4}) {
                try (CompiledModel compiled =
                                model.compile(options.withPrecision(precision).withBatch(batch));
                        StreamPool pool = compiled.newPool()) {
                    MemorySegment results = arena.allocate(ValueLayout.JAVA_FLOAT, (long) count * CLASSES);
                    pool.run(images, results, count);
                    assertThat(results.toArray(ValueLayout.JAVA_FLOAT))
                            .as("%s batch %d", precision, batch)
                            .isEqualTo(alone(compiled, images, count));
                }
            }
        }
    }

    @Test
    void aBatcherGivesTheBitsOfASession() throws Exception {
        int count = 10;
        MemorySegment images = images(count);
        try (CompiledModel compiled = model.compile(options.withBatch(1));
                Batcher batcher = compiled.newBatcher(Duration.ZERO, count)) {
            MemorySegment results = arena.allocate(ValueLayout.JAVA_FLOAT, (long) count * CLASSES);
            List<CompletableFuture<Void>> futures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                futures.add(batcher.submit(
                        images.asSlice(4L * i * IMAGE, 4L * IMAGE), results.asSlice(4L * i * CLASSES, 4L * CLASSES)));
            }
            for (CompletableFuture<Void> future : futures) {
                future.get();
            }
            assertThat(results.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(alone(compiled, images, count));
        }
    }

    @Test
    void placementsFitTheModel() {
        try (CompiledModel compiled = model.compile(options.withThreads(1))) {
            Placement two = new Placement(1, 2, Pinning.NEVER, "asked");
            assertThatThrownBy(() -> new StreamPool(compiled, two))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("streams of 2 threads, and the model runs with 1");
        }
    }

    @Test
    void threadsOfAStreamHaveCpusOfTheirOwn() {
        assumeTrue(Team.isAvailable() && Tasks.known(), "skipped: needs Linux and GNU's OpenMP");
        assumeTrue(USABLE > 1, () -> "skipped: needs two cores, and " + USABLE + " is usable");
        try (CompiledModel compiled = model.compile(options.withBatch(1).withThreads(2));
                StreamPool pool = new StreamPool(
                        compiled, Placement.asked(Machine.current(), 1, 2).withPinning(Pinning.ALWAYS))) {
            pool.onEach(lane -> {
                lane.run();
                return lane;
            });
            List<Core> cores = Machine.current().cores();
            String first = cores.getFirst().cpus().getFirst().toString();
            // The first thread may run on all cores of the stream, of which the others leave it one.
            assertThat(Tasks.await("gatun-stream-0", cpus -> cpus.size() == 2))
                    .hasSize(2)
                    .anyMatch(cpus -> cpus.matches("\\d+") && !cpus.equals(first));
        }
    }

    @Test
    void aSubmittedBatchAllocatesNothingOnTheHeap() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (CompiledModel compiled = model.compile(options.withBatch(1).withStreams(1));
                StreamPool pool = compiled.newPool()) {
            MemorySegment src = compiled.allocateSrc(arena);
            MemorySegment dst = compiled.allocateDst(arena);
            long stream = pool.onEach(_ -> Thread.currentThread().threadId()).getFirst();
            Semaphore done = new Semaphore(0);
            Completion completion = _ -> done.release();
            int runs = 2_000;
            long bytes = Long.MAX_VALUE;
            for (int round = 0; round < 4; round++) {
                long before = threads.getCurrentThreadAllocatedBytes() + threads.getThreadAllocatedBytes(stream);
                for (int i = 0; i < runs; i++) {
                    pool.submit(src, dst, 1, completion);
                    // Not acquire, which allocates when it waits.
                    while (!done.tryAcquire()) {
                        Thread.onSpinWait();
                    }
                }
                bytes = Math.min(
                        bytes,
                        threads.getCurrentThreadAllocatedBytes() + threads.getThreadAllocatedBytes(stream) - before);
            }
            // One object a run would be 16 times as many.
            assertThat(bytes).isLessThan(runs);
        }
    }

    @Test
    void aPoolOutlivesItsClosedModel() {
        CompiledModel compiled = model.compile(options.withBatch(2));
        try (StreamPool pool = compiled.newPool()) {
            compiled.close();
            pool.run(images(4), arena.allocate(ValueLayout.JAVA_FLOAT, 4 * CLASSES), 4);
            assertThatThrownBy(compiled::newPool).hasMessageContaining("is closed");
        }
    }

    @Test
    void hintsDecideWhatIsLeftOpen() {
        CompileOptions latency = CompileOptions.defaults();
        try (CompiledModel one = model.compile(latency);
                CompiledModel many = model.compile(options);
                CompiledModel asked = model.compile(options.withBatch(3).withStreams(1));
                CompiledModel team = model.compile(options.withThreads(USABLE))) {
            assertThat(one.batch()).isEqualTo(1);
            assertThat(one.placement().streams()).isEqualTo(1);
            assertThat(many.batch()).isGreaterThan(1);
            assertThat(many.placement().describe())
                    .startsWith(USABLE + " stream")
                    .endsWith("x 1 thread");
            assertThat(many.threads()).isEqualTo(1);
            assertThat(asked.batch()).isEqualTo(3);
            assertThat(asked.batchReason()).isEqualTo("as asked");
            assertThat(asked.placement().streams()).isEqualTo(1);
            assertThat(team.placement().streams()).isEqualTo(1);
            assertThat(team.threads()).isEqualTo(USABLE);
        }
    }

    @Test
    void aPlanExplainsItself() {
        try (CompiledModel many = model.compile(options)) {
            assertThat(many.toString())
                    .contains("resnet20-cifar10 f32, src [" + many.batch() + ", 3, 32, 32] F32_NCHW")
                    .contains("batch " + many.batch() + " (" + many.batchReason() + ")")
                    .contains(many.steps().size() + " steps: ")
                    .contains(" f32:ab")
                    .containsPattern("\\d+ (jit|brg)\\w*:\\w+")
                    .containsPattern("they write \\d+ f32:a\\w+, .*tuned layers \\d+; weights")
                    .contains(
                            " x 1 thread: a stream for each usable core; " + USABLE + " usable threads: affinity of ");
        }
    }

    @Test
    void streamsThatOversubscribeAreRefused() {
        assertThatThrownBy(() -> model.compile(options.withStreams(USABLE + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than the " + USABLE + " thread");
        assertThatThrownBy(() -> options.withStreams(-1)).hasMessageContaining("streams is -1, expected at least 1");
    }
}
