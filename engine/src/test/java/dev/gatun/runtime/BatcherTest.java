package dev.gatun.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.natives.Machine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatcherTest {
    private static final int STREAMS = Machine.current().usableThreads();
    private static final Duration LONG = Duration.ofDays(1);

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
    }

    private static Batcher batcher(Streamable model, int streams, Duration maxDelay, int capacity) {
        return new Batcher(model, new Placement(streams, 1, Pinning.NEVER, "test"), maxDelay, capacity);
    }

    private MemorySegment image(float value) {
        MemorySegment image = arena.allocate(ValueLayout.JAVA_FLOAT);
        image.set(ValueLayout.JAVA_FLOAT, 0, value);
        return image;
    }

    private MemorySegment result() {
        return arena.allocate(ValueLayout.JAVA_FLOAT);
    }

    private static float value(MemorySegment result) {
        return result.get(ValueLayout.JAVA_FLOAT, 0);
    }

    @Test
    void everyCallerGetsTheResultOfItsImage() throws Exception {
        for (int batch : new int[] {1, 4}) {
            FakeModel model = new FakeModel(batch);
            try (Batcher batcher = batcher(model, STREAMS, Duration.ofNanos(100_000), 16);
                    ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> futures = new ArrayList<>();
                for (int caller = 0; caller < 200; caller++) {
                    MemorySegment image = image(caller);
                    MemorySegment result = result();
                    float expected = 2f * caller;
                    futures.add(callers.submit(() -> {
                        batcher.run(image, result);
                        assertThat(value(result)).isEqualTo(expected);
                    }));
                }
                for (Future<?> future : futures) {
                    future.get();
                }
            }
            assertThat(model.open).hasValue(0);
        }
    }

    @Test
    void imagesThatWaitShareABatch() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        FakeModel model = new FakeModel(4, _ -> {
            busy.countDown();
            await(go);
        });
        try (Batcher batcher = batcher(model, 1, Duration.ZERO, 16)) {
            CompletableFuture<Void> first = batcher.submit(image(1), result());
            busy.await();
            List<CompletableFuture<Void>> others = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                others.add(batcher.submit(image(i), result()));
            }
            go.countDown();
            first.get();
            for (CompletableFuture<Void> other : others) {
                other.get();
            }
            assertThat(model.runs).hasValue(3);
        }
    }

    @Test
    void aFullBatchDoesNotWait() throws Exception {
        FakeModel model = new FakeModel(3);
        try (Batcher batcher = batcher(model, STREAMS, LONG, 16)) {
            assertThat(batcher.model()).isSameAs(model);
            assertThat(batcher.placement().streams()).isEqualTo(STREAMS);
            List<CompletableFuture<Void>> futures = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                futures.add(batcher.submit(image(i), result()));
            }
            for (CompletableFuture<Void> future : futures) {
                future.get();
            }
            assertThat(model.runs).hasValue(1);
        }
    }

    @Test
    void aBatchThatIsNotFullStartsAfterTheDelay() throws Exception {
        FakeModel model = new FakeModel(3);
        try (Batcher batcher = batcher(model, 1, Duration.ofMillis(1), 16)) {
            MemorySegment result = result();
            batcher.submit(image(4), result).get();
            assertThat(value(result)).isEqualTo(8);
        }
    }

    @Test
    void aFullQueueRefusesAndHasRoomAgain() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        FakeModel model = new FakeModel(1, _ -> {
            busy.countDown();
            await(go);
        });
        try (Batcher batcher = batcher(model, 1, Duration.ZERO, 2)) {
            CompletableFuture<Void> first = batcher.submit(image(0), result());
            busy.await();
            assertThat(batcher.offer(image(1), result(), _ -> {})).isTrue();
            CompletableFuture<Void> last = batcher.submit(image(2), result());
            assertThat(batcher.offer(image(3), result(), _ -> {})).isFalse();
            Thread blocked = Thread.ofPlatform().start(() -> batcher.run(image(4), result()));
            while (blocked.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            go.countDown();
            first.get();
            last.get();
            blocked.join();
            CompletableFuture<Throwable> told = new CompletableFuture<>();
            assertThat(batcher.offer(image(5), result(), told::complete)).isTrue();
            assertThat(told.get()).isNull();
            assertThat(model.runs).hasValue(5);
        }
    }

    @Test
    void aFailureOfTheRunReachesAllOfItsBatch() {
        FakeModel model = new FakeModel(2, _ -> {
            throw new IllegalStateException("no result");
        });
        try (Batcher batcher = batcher(model, 1, LONG, 2)) {
            CompletableFuture<Void> one = batcher.submit(image(1), result());
            CompletableFuture<Void> two = batcher.submit(image(2), result());
            assertThatThrownBy(one::get).hasRootCauseMessage("no result");
            assertThatThrownBy(two::get).hasRootCauseMessage("no result");
        }
        try (Batcher batcher = batcher(model, 1, Duration.ZERO, 2)) {
            assertThatThrownBy(() -> batcher.run(image(1), result()))
                    .isInstanceOf(StreamException.class)
                    .hasMessage("no result");
        }
    }

    @Test
    void aCompletionAndAHandlerThatThrowHarmNobody() throws Exception {
        try (Batcher batcher = batcher(new FakeModel(2), 1, LONG, 2)) {
            batcher.submit(image(1), result(), _ -> {
                Thread.currentThread().setUncaughtExceptionHandler((_, _) -> {
                    throw new OutOfMemoryError("thrown by a handler");
                });
                throw new IllegalStateException("thrown by a completion");
            });
            batcher.submit(image(2), result()).get(10, TimeUnit.SECONDS);
            CompletableFuture<Void> one = batcher.submit(image(3), result());
            batcher.submit(image(4), result()).get(10, TimeUnit.SECONDS);
            one.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aClosedArenaFailsItsOwnCallerOnly() throws Exception {
        FakeModel model = new FakeModel(2);
        try (Batcher batcher = batcher(model, 1, LONG, 2)) {
            Arena other = Arena.ofShared();
            CompletableFuture<Void> bad = batcher.submit(other.allocate(4, 4), result());
            other.close();
            MemorySegment result = result();
            batcher.submit(image(7), result).get();
            assertThat(value(result)).isEqualTo(14);
            assertThatThrownBy(bad::get).hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void closingAnswersWhoWaits() throws Exception {
        FakeModel model = new FakeModel(8);
        Batcher batcher = batcher(model, STREAMS, LONG, 8);
        MemorySegment result = result();
        CompletableFuture<Void> waiting = batcher.submit(image(3), result);
        batcher.close();
        waiting.get();
        assertThat(value(result)).isEqualTo(6);
        assertThat(model.open).hasValue(0);
        batcher.close();
        assertThatThrownBy(() -> batcher.submit(image(1), result()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the batcher is closed");
        assertThatThrownBy(() -> batcher.offer(image(1), result(), _ -> {})).hasMessage("the batcher is closed");
    }

    @Test
    void badArgumentsAreRefused() {
        FakeModel model = new FakeModel(4);
        assertThatThrownBy(() -> batcher(model, 1, Duration.ofMillis(-1), 8))
                .hasMessageContaining("maxDelay is PT-0.001S");
        assertThatThrownBy(() -> batcher(model, 1, LONG, 3))
                .hasMessage("capacity is 3, expected at least a batch of 4");
        try (Batcher batcher = batcher(model, 1, Duration.ZERO, 4);
                Arena confined = Arena.ofConfined()) {
            MemorySegment mine = confined.allocate(4, 4);
            assertThatThrownBy(() -> batcher.submit(mine, result())).hasMessageContaining("arena of another thread");
            assertThatThrownBy(() -> batcher.submit(image(1).asSlice(1), result()))
                    .hasMessageContaining("src has 3 bytes, expected at least 4");
            assertThat(model.runs).hasValue(0);
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
