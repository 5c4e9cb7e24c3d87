package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.profile.Peak;
import dev.gatun.spec.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class WorkerTest {
    /** Runs as long as its mode says, in milliseconds; records what is opened and closed. */
    private static final class Sleeper implements Peer {
        private final List<String> events = new ArrayList<>();
        private final List<Setup> setups;

        Sleeper(Setup... setups) {
            this.setups = List.of(setups);
        }

        @Override
        public String about() {
            return "1.0";
        }

        @Override
        public List<Setup> setups(Job job) {
            return setups;
        }

        @Override
        public Lanes open(Job job, Setup setup) {
            if (setup.mode().equals("broken")) {
                throw new IllegalStateException("broken\nindeed");
            }
            events.add("open " + setup.mode());
            long nanos = Long.parseLong(setup.mode()) * 1_000_000;
            return new Lanes() {
                @Override
                public void run(int lane) {
                    long end = System.nanoTime() + nanos;
                    while (System.nanoTime() < end) {
                        LockSupport.parkNanos(end - System.nanoTime());
                    }
                }

                @Override
                public float[] logits(int lane) {
                    return new float[] {lane, 0.5f};
                }

                @Override
                public void close() {
                    events.add("close " + setup.mode());
                }
            };
        }
    }

    private static List<String> open(String id, Scenario scenario) {
        return List.of("open", id, "resnet50", Job.RANDOM, "f32", scenario.name(), "1");
    }

    @Test
    void keepsTheFastestSetupAndClosesTheOthers() throws Exception {
        Sleeper peer = new Sleeper(new Setup("40", 1, 1, 1), new Setup("1", 1, 1, 1), new Setup("30", 1, 1, 1));
        Worker worker = new Worker(peer);
        assertThat(worker.answer(open("LATENCY-1", Scenario.LATENCY))).isEqualTo("1, 1 x 1 thread, batch 1");
        assertThat(peer.events).containsExactly("open 40", "open 1", "close 40", "open 30", "close 30");
        worker.answer(List.of("close", "LATENCY-1"));
        assertThat(peer.events).last().isEqualTo("close 1");
    }

    @Test
    void triesOtherBatchesOfTheFastestSetupForThroughput() throws Exception {
        Sleeper peer = new Sleeper(new Setup("40", 1, 1, 4), new Setup("1", 1, 1, 4));
        // A run takes as long whatever its batch, so the largest batch is the fastest.
        assertThat(new Worker(peer).answer(open("THROUGHPUT-1", Scenario.THROUGHPUT)))
                .isEqualTo("1, 1 x 1 thread, batch 8");
        assertThat(peer.events)
                .filteredOn(event -> event.startsWith("open"))
                .containsExactly("open 40", "open 1", "open 1", "open 1", "open 1");
    }

    @Test
    void triesOnlyBatchesOnceItKnowsWhatIsFastest() throws Exception {
        Sleeper peer = new Sleeper(new Setup("40", 1, 1, 1), new Setup("1", 1, 1, 1));
        Worker worker = new Worker(peer);
        worker.answer(open("THROUGHPUT-1", Scenario.THROUGHPUT));
        peer.events.clear();
        List<String> again = new ArrayList<>(open("THROUGHPUT-2", Scenario.THROUGHPUT));
        again.addAll(List.of("3", "6"));
        assertThat(worker.answer(again)).isEqualTo("1, 1 x 1 thread, batch 6");
        assertThat(peer.events).containsExactly("open 1", "open 1", "close 1");
    }

    @Test
    void passesOverSetupsThatFailUnlessAllDo() throws Exception {
        Setup broken = new Setup("broken", 1, 1, 1);
        assertThat(new Worker(new Sleeper(broken, new Setup("1", 1, 1, 1))).answer(open("a", Scenario.LATENCY)))
                .startsWith("1,");
        assertThatThrownBy(() -> new Worker(new Sleeper(broken)).answer(open("a", Scenario.LATENCY)))
                .hasMessageStartingWith("broken");
    }

    @Test
    void answersTurnsWithTimesOrWithImagesAndTime() throws Exception {
        Worker worker = new Worker(new Sleeper(new Setup("2", 2, 1, 4)));
        worker.answer(open("LATENCY-1-f32", Scenario.LATENCY));
        List<Timed> times = runs(worker.answer(List.of("turn", "LATENCY-1-f32", "1")));
        assertThat(times).hasSize(5).allMatch(run -> run.nanos() >= 2_000_000 && run.probe() == 0);
        assertThat(runs(worker.answer(List.of("turn", "LATENCY-1-f32", "40")))).hasSizeGreaterThan(5);
        worker.answer(open("THROUGHPUT-2-f32", Scenario.THROUGHPUT));
        List<Long> rate = numbers(worker.answer(List.of("turn", "THROUGHPUT-2-f32", "20")));
        assertThat(rate.getFirst()).isPositive();
        assertThat(rate.getFirst() % 4).isZero();
        assertThat(rate.getLast()).isGreaterThanOrEqualTo(20_000_000);
        assertThat(Worker.floats(worker.answer(List.of("logits", "LATENCY-1-f32"))))
                .containsExactly(0, 0.5f);
        worker.answer(List.of("close", "LATENCY-1-f32"));
        worker.answer(List.of("close", "THROUGHPUT-2-f32"));
    }

    @Test
    void refusesWhatIsNotOpenAndWhatItDoesNotKnow() {
        Worker worker = new Worker(new Sleeper());
        assertThatThrownBy(() -> worker.answer(List.of("turn", "x", "1"))).hasMessageContaining("open as x");
        assertThatThrownBy(() -> worker.answer(List.of("dance"))).hasMessageContaining("unknown command dance");
    }

    @Test
    void saysTheFirstLineOfAFailure() {
        assertThat(Worker.words(new IllegalStateException("one\ttwo\nthree")))
                .isEqualTo("IllegalStateException: one two");
        assertThat(Worker.words(new IllegalStateException())).isEqualTo("IllegalStateException");
    }

    @Test
    void probesBeforeAndAfterRunsUntilEnoughWereCalm() throws Exception {
        // Asks for the permission that oneDNN would ask for; a process that may not use tiles times without probes.
        boolean probes =
                Peak.of(Precision.INT8).how().equals("int8_amx") && Probe.of().isPresent();
        Worker worker = new Worker(new Sleeper(new Setup("2", 1, 1, 1)));
        worker.answer(open("LATENCY-1-f32", Scenario.LATENCY));
        assumeTrue(probes, "skipped: this process may not use tiles");
        List<String> command = List.of("probed", "LATENCY-1-f32", "10");
        assertThat(runs(worker.answer(with(command, Long.MAX_VALUE))))
                .hasSizeGreaterThanOrEqualTo(5)
                .allMatch(run -> run.nanos() >= 2_000_000 && run.probe() > 0);
        long start = System.nanoTime();
        worker.answer(with(command, 1));
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000);
    }

    private static List<String> with(List<String> command, long last) {
        List<String> all = new ArrayList<>(command);
        all.add(String.valueOf(last));
        return all;
    }

    private static List<Timed> runs(String answer) {
        return List.of(answer.split("\t", -1)).stream().map(Timed::parse).toList();
    }

    private static List<Long> numbers(String answer) {
        return List.of(answer.split("\t", -1)).stream().map(Long::valueOf).toList();
    }
}
