package dev.gatun.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.natives.CoreAnswers;
import dev.gatun.runtime.Batcher;
import dev.gatun.runtime.FakeModel;
import dev.gatun.runtime.Pinning;
import dev.gatun.runtime.Placement;
import dev.gatun.runtime.StreamException;
import dev.gatun.runtime.StreamPool;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What scenarios count; how fast anything is, is not tested. */
class ScenariosTest {
    private static final Placement ONE = new Placement(1, 1, Pinning.NEVER, "test");
    private static final Duration DAY = Duration.ofDays(1);

    private static Batcher batcher(FakeModel model) {
        return new Batcher(model, ONE, Duration.ZERO, 1024);
    }

    @Test
    void aClosedLoopCountsTheImagesOfItsRuns() {
        FakeModel model = new FakeModel(4);
        try (StreamPool pool = new StreamPool(model, ONE)) {
            Throughput result = ClosedLoop.run(pool, Duration.ZERO, Duration.ofMillis(2));
            assertThat(result.images()).isEqualTo(4L * result.batches().count());
            // three runs to warm up
            assertThat(model.runs).hasValue(result.batches().count() + 3);
            assertThat(result.imagesPerSecond()).isPositive();
            // nothing of it ran on tiles
            assertThat(result.cores()).isEqualTo(new CoreAnswers(0, 0));
            assertThat(result.alone()).isEmpty();
        }
    }

    @Test
    void aClosedLoopMeasuresAtLeastOneRun() {
        try (StreamPool pool = new StreamPool(new FakeModel(1), ONE)) {
            assertThat(ClosedLoop.run(pool, Duration.ZERO, Duration.ZERO).images())
                    .isEqualTo(1);
        }
    }

    @Test
    void aServerThatAnswersInTimeBearsTheRate() {
        FakeModel model = new FakeModel(2);
        try (Batcher batcher = batcher(model)) {
            ServerLoad.Trial trial = new ServerLoad(batcher, DAY, 1).run(2000, Duration.ofMillis(100));
            assertThat(trial.bears()).isTrue();
            assertThat(trial.sent()).isEqualTo(200);
            assertThat(trial.latencies().count()).isEqualTo(200);
            assertThat(trial.rate()).isEqualTo(2000);
        }
    }

    @Test
    void anAttemptEndsWhenTooManyAreLate() {
        FakeModel model = new FakeModel(1);
        try (Batcher batcher = batcher(model)) {
            // No answer is there in no time: of 10,000 images 101 are too many.
            ServerLoad.Trial trial = new ServerLoad(batcher, Duration.ZERO, 1).attempt(100_000, Duration.ofMillis(100));
            assertThat(trial.bears()).isFalse();
            assertThat(trial.sent()).isBetween(101L, 9_999L);
        }
    }

    @Test
    void aRunIsAsLongHoweverManyAreLate() {
        FakeModel model = new FakeModel(1);
        try (Batcher batcher = batcher(model)) {
            ServerLoad.Trial trial = new ServerLoad(batcher, Duration.ZERO, 1).run(2000, Duration.ofMillis(100));
            assertThat(trial.bears()).isFalse();
            assertThat(trial.sent()).isEqualTo(200);
            assertThat(trial.latencies().count()).isEqualTo(200);
        }
    }

    @Test
    void imagesThatThereIsNoRoomForAreRefusedAndTheOthersAnswered() {
        FakeModel model = new FakeModel(1, _ -> LockSupport.parkNanos(10_000_000));
        try (Batcher batcher = new Batcher(model, ONE, Duration.ZERO, 2)) {
            ServerLoad.Trial trial = new ServerLoad(batcher, DAY, 1).run(2000, Duration.ofMillis(100));
            assertThat(trial.refused()).isPositive();
            assertThat(trial.sent() + trial.refused()).isEqualTo(200);
            assertThat(trial.latencies().count()).isEqualTo((int) trial.sent());
            assertThat(trial.bears()).isFalse();
        }
    }

    @Test
    void moreArrivalsThanThereIsRoomForAreRefused() {
        FakeModel model = new FakeModel(1);
        try (Batcher batcher = batcher(model)) {
            ServerLoad load = new ServerLoad(batcher, DAY, 1);
            assertThatThrownBy(() -> load.run(1e6, Duration.ofHours(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("3600000000 arrivals, expected at most 100000000");
        }
    }

    @Test
    void aFailureEndsTheTrialWithAnException() {
        FakeModel model = new FakeModel(1, _ -> {
            throw new IllegalStateException("broken");
        });
        try (Batcher batcher = batcher(model)) {
            ServerLoad load = new ServerLoad(batcher, DAY, 1);
            assertThatThrownBy(() -> load.run(1000, Duration.ofMillis(10)))
                    .isInstanceOf(StreamException.class)
                    .hasMessage("broken");
        }
    }
}
