package dev.gatun.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.natives.Machine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamPoolTest {
    private static final int STREAMS = Machine.current().usableThreads();

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
    }

    private static StreamPool pool(Streamable model, int streams) {
        return new StreamPool(model, new Placement(streams, 1, Pinning.AUTO, "test"));
    }

    /** 1, 2, 3 ... */
    private MemorySegment images(int count) {
        MemorySegment images = arena.allocate(ValueLayout.JAVA_FLOAT, count);
        for (int i = 0; i < count; i++) {
            images.setAtIndex(ValueLayout.JAVA_FLOAT, i, i + 1);
        }
        return images;
    }

    private MemorySegment results(int count) {
        return arena.allocate(ValueLayout.JAVA_FLOAT, count);
    }

    private static void assertDoubled(MemorySegment results, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(results.getAtIndex(ValueLayout.JAVA_FLOAT, i)).isEqualTo(2f * (i + 1));
        }
    }

    @Test
    void everyImageIsComputedOnceWhateverTheirNumber() {
        for (int batch : new int[] {1, 3, 8}) {
            for (int images : new int[] {1, 2, 3, 7, 8, 9, 64, 65}) {
                FakeModel model = new FakeModel(batch);
                try (StreamPool pool = pool(model, STREAMS)) {
                    MemorySegment results = results(images + 1);
                    pool.run(images(images), results, images);
                    assertDoubled(results, images);
                    assertThat(results.getAtIndex(ValueLayout.JAVA_FLOAT, images))
                            .isZero();
                    assertThat(model.runs).hasValue(Math.ceilDiv(images, batch));
                }
            }
        }
    }

    @Test
    void severalResultsLieAsInAPlanForAllImages() {
        for (int batch : new int[] {1, 3, 5}) {
            FakeModel model = new FakeModel(batch);
            model.outputs = 3;
            try (StreamPool pool = pool(model, STREAMS)) {
                for (int images : new int[] {1, 3, 5, 20}) {
                    Results layout = model.results();
                    MemorySegment results = arena.allocate(layout.bytes(images), 4);
                    pool.run(images(images), results, images);
                    for (int output = 0; output < 3; output++) {
                        for (int i = 0; i < images; i++) {
                            assertThat(results.get(ValueLayout.JAVA_FLOAT, layout.offset(output, images) + 4L * i))
                                    .isEqualTo((output + 2f) * (i + 1));
                        }
                    }
                }
            }
        }
    }

    @Test
    void allStreamsTakePart() {
        CountDownLatch all = new CountDownLatch(STREAMS);
        FakeModel model = new FakeModel(1, _ -> {
            all.countDown();
            await(all);
        });
        try (StreamPool pool = pool(model, STREAMS)) {
            pool.run(images(STREAMS), results(STREAMS), STREAMS);
            assertThat(new HashSet<>(model.threads)).hasSize(STREAMS);
            assertThat(model.threads).allMatch(thread -> thread.isDaemon() && !thread.isVirtual());
        }
    }

    @Test
    void callersSideBySideGetTheirOwnResults() throws Exception {
        FakeModel model = new FakeModel(4);
        try (StreamPool pool = pool(model, STREAMS);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> futures = new ArrayList<>();
            for (int caller = 0; caller < 50; caller++) {
                int count = 1 + caller;
                MemorySegment results = results(count);
                MemorySegment images = images(count);
                futures.add(callers.submit(() -> {
                    pool.run(images, results, count);
                    assertDoubled(results, count);
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        }
    }

    @Test
    void aFailureReachesItsCallerAndTheStreamGoesOn() {
        FakeModel model = new FakeModel(2, first -> {
            if (first == 5) {
                throw new IllegalArgumentException("five is bad");
            }
        });
        try (StreamPool pool = pool(model, STREAMS)) {
            assertThatThrownBy(() -> pool.run(images(10), results(10), 10))
                    .isInstanceOf(StreamException.class)
                    .hasMessage("five is bad")
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            MemorySegment results = results(4);
            pool.run(images(4), results, 4);
            assertDoubled(results, 4);
        }
    }

    @Test
    void anErrorReachesItsCaller() {
        FakeModel model = new FakeModel(1, _ -> {
            throw new StackOverflowError("deep");
        });
        try (StreamPool pool = pool(model, 1)) {
            assertThatThrownBy(() -> pool.run(images(1), results(1), 1)).hasCauseInstanceOf(StackOverflowError.class);
            CompletableFuture<Void> future = pool.submit(images(1), results(1), 1);
            assertThatThrownBy(future::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(StackOverflowError.class);
        }
    }

    @Test
    void aSubmittedBatchIsCompletedAlsoWhenItIsNotFull() throws Exception {
        try (StreamPool pool = pool(new FakeModel(4), STREAMS)) {
            for (int count = 1; count <= 4; count++) {
                MemorySegment results = results(5);
                pool.submit(images(5), results, count).get();
                assertDoubled(results, count);
                assertThat(results.getAtIndex(ValueLayout.JAVA_FLOAT, count)).isZero();
            }
        }
    }

    @Test
    void aCompletionMaySubmitTheNext() throws Exception {
        try (StreamPool pool = pool(new FakeModel(1), 1)) {
            MemorySegment images = images(1);
            MemorySegment results = results(1);
            CountDownLatch left = new CountDownLatch(1_000);
            pool.submit(images, results, 1, new Completion() {
                @Override
                public void done(@Nullable Throwable failure) {
                    left.countDown();
                    if (left.getCount() > 0) {
                        pool.submit(images, results, 1, this);
                    }
                }
            });
            left.await();
            assertDoubled(results, 1);
        }
    }

    @Test
    void aStreamThatCannotWaitForRoomIsTold() throws Exception {
        try (StreamPool pool = pool(new FakeModel(1), 1)) {
            MemorySegment images = images(1);
            MemorySegment results = results(1);
            CompletableFuture<Throwable> full = new CompletableFuture<>();
            AtomicInteger taken = new AtomicInteger();
            pool.submit(images, results, 1, _ -> {
                try {
                    while (true) {
                        pool.submit(images, results, 1, _ -> {});
                        taken.incrementAndGet();
                    }
                } catch (IllegalStateException e) {
                    full.complete(e);
                }
            });
            assertThat(full.get()).hasMessageContaining("too many batches wait");
            assertThat(taken.get()).isPositive();
        }
    }

    @Test
    void aCompletionThatThrowsHarmsNobody() throws Exception {
        try (StreamPool pool = pool(new FakeModel(1), 1)) {
            AtomicReference<Throwable> seen = new AtomicReference<>();
            pool.onEach(_ -> {
                Thread.currentThread().setUncaughtExceptionHandler((_, e) -> seen.set(e));
                return 0;
            });
            pool.submit(images(1), results(1), 1, _ -> {
                throw new IllegalStateException("thrown by a completion");
            });
            pool.submit(images(1), results(1), 1).get();
            assertThat(seen.get()).hasMessage("thrown by a completion");
        }
    }

    @Test
    void aHandlerThatThrowsHarmsNobody() throws Exception {
        try (StreamPool pool = pool(new FakeModel(1), 1)) {
            pool.onEach(_ -> {
                Thread.currentThread().setUncaughtExceptionHandler((_, _) -> {
                    throw new OutOfMemoryError("thrown by a handler");
                });
                return 0;
            });
            pool.submit(images(1), results(1), 1, _ -> {
                throw new IllegalStateException("thrown by a completion");
            });
            pool.submit(images(1), results(1), 1).get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aStreamOutlivesWorkThatThrows() throws Exception {
        WorkQueue queue = new WorkQueue(1);
        StreamThread stream = new StreamThread(0, new FakeModel(1), queue, Seat.ANY).start();
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        stream.thread().setUncaughtExceptionHandler((_, e) -> seen.complete(e));
        CountDownLatch done = new CountDownLatch(1);
        queue.add(_ -> {
            throw new OutOfMemoryError("thrown by work");
        });
        queue.add(_ -> done.countDown());
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(seen.get()).hasMessage("thrown by work");
        queue.close();
        stream.join();
    }

    @Test
    void aTaskRunsOnceOnEachStream() {
        FakeModel model = new FakeModel(3);
        try (StreamPool pool = pool(model, STREAMS)) {
            List<Thread> threads = pool.onEach(lane -> {
                lane.src().setAtIndex(ValueLayout.JAVA_FLOAT, 2, 21);
                lane.run();
                assertThat(lane.dst().getAtIndex(ValueLayout.JAVA_FLOAT, 2)).isEqualTo(42);
                return Thread.currentThread();
            });
            assertThat(threads).hasSize(STREAMS).doesNotHaveDuplicates();
            assertThatThrownBy(() -> pool.onEach(_ -> {
                        throw new IllegalStateException("task failed");
                    }))
                    .isInstanceOf(StreamException.class)
                    .hasMessage("task failed");
        }
    }

    @Test
    void whatWouldWaitForItselfIsRefused() {
        try (StreamPool pool = pool(new FakeModel(1), 1)) {
            MemorySegment images = images(1);
            MemorySegment results = results(1);
            for (Runnable call :
                    List.<Runnable>of(() -> pool.run(images, results, 1), pool::close, () -> pool.onEach(_ -> 0))) {
                assertThatThrownBy(() -> pool.onEach(_ -> {
                            call.run();
                            return 0;
                        }))
                        .hasMessageContaining("on the thread of a stream would wait for itself");
            }
        }
    }

    @Test
    void badArgumentsAreRefusedBeforeAnythingRuns() {
        FakeModel model = new FakeModel(2);
        try (StreamPool pool = pool(model, 1);
                Arena confined = Arena.ofConfined()) {
            MemorySegment images = images(4);
            MemorySegment results = results(4);
            assertThatThrownBy(() -> pool.run(images, results, 0)).hasMessageContaining("images is 0");
            assertThatThrownBy(() -> pool.run(images, results, 5))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("src has 16 bytes, expected at least 20");
            assertThatThrownBy(() -> pool.run(images, results.asSlice(4), 4)).hasMessageContaining("dst has 12 bytes");
            assertThatThrownBy(() -> pool.run(confined.allocate(16, 4), results, 4))
                    .hasMessageContaining("arena of another thread");
            assertThatThrownBy(() -> pool.run(MemorySegment.ofArray(new float[4]), results, 4))
                    .hasMessageContaining("src is on the heap");
            assertThatThrownBy(() -> pool.run(images, results.asReadOnly(), 4)).hasMessageContaining("read-only");
            assertThatThrownBy(() -> pool.run(images, images, 4)).hasMessageContaining("overlap");
            assertThatThrownBy(() -> pool.submit(images, results, 3)).hasMessageContaining("expected 1 to 2");
            assertThat(model.runs).hasValue(0);
        }
    }

    @Test
    void closingComputesWhatWasTakenAndFreesEverySession() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        FakeModel model = new FakeModel(1, _ -> await(go));
        StreamPool pool = pool(model, STREAMS);
        MemorySegment images = images(20);
        MemorySegment results = results(20);
        CountDownLatch running = new CountDownLatch(1);
        Thread caller = Thread.ofPlatform().start(() -> {
            running.countDown();
            pool.run(images, results, 20);
        });
        CompletableFuture<Void> submitted = pool.submit(images(1), results(1), 1);
        running.await();
        while (model.threads.isEmpty()) {
            Thread.onSpinWait();
        }
        Thread closer = Thread.ofPlatform().start(pool::close);
        go.countDown();
        closer.join();
        submitted.get();
        caller.join();
        assertThat(model.open).hasValue(0);
        pool.close();
        assertThatThrownBy(() -> pool.run(images, results, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("pool is closed");
        assertThatThrownBy(() -> pool.submit(images, results, 1)).hasMessageContaining("pool is closed");
        assertThatThrownBy(() -> pool.onEach(_ -> 0)).hasMessageContaining("pool is closed");
    }

    @Test
    void aStreamThatCannotOpenItsSessionTakesTheOthersWithIt() {
        FakeModel model = new FakeModel(1);
        model.failingSession = STREAMS - 1;
        assertThatThrownBy(() -> pool(model, STREAMS))
                .isInstanceOf(StreamException.class)
                .hasMessage("no memory for session " + (STREAMS - 1));
        assertThat(model.open).hasValue(0);
    }

    @Test
    void moreStreamsThanCoresAreRefused() {
        FakeModel model = new FakeModel(1);
        assertThatThrownBy(() -> pool(model, STREAMS + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining((STREAMS + 1) + " streams x 1 thread would be more than");
        assertThat(model.opened).hasValue(0);
    }

    @Test
    void anInterruptedCallerGetsItsResultsAndStaysInterrupted() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        FakeModel model = new FakeModel(1, _ -> await(go));
        try (StreamPool pool = pool(model, 1)) {
            MemorySegment images = images(2);
            MemorySegment results = results(2);
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread caller = Thread.ofPlatform().start(() -> {
                pool.run(images, results, 2);
                interrupted.complete(Thread.currentThread().isInterrupted());
            });
            caller.interrupt();
            go.countDown();
            assertThat(interrupted.get()).isTrue();
            assertDoubled(results, 2);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
