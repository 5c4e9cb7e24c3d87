package dev.gatun.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;

/**
 * One way to run a job: a peer offers several, and the fastest is taken.
 *
 * @param mode of the peer, in its own words; may be empty
 * @param lanes runs at the same time, each on a thread of its own
 * @param threads that each of them may use
 * @param batch images of a run
 */
record Setup(String mode, int lanes, int threads, int batch) {
    /** Images of a run that are tried for throughput unless others are asked for. */
    static final List<Integer> BATCHES = List.of(1, 2, 4, 8);

    /** For latency one image on all threads; for throughput one lane on all cores and one lane on each, in batches of one. */
    static List<Setup> of(Job job, List<String> modes) {
        List<Setup> setups = new ArrayList<>();
        for (String mode : modes) {
            if (job.scenario() == Scenario.LATENCY) {
                setups.add(new Setup(mode, 1, job.threads(), 1));
                continue;
            }
            setups.add(new Setup(mode, job.threads(), 1, 1));
            if (job.threads() > 1) {
                setups.add(new Setup(mode, 1, job.threads(), 1));
            }
        }
        return setups;
    }

    /** The same with another batch. */
    Setup withBatch(int other) {
        return new Setup(mode, lanes, threads, other);
    }

    /** Whether only the batch differs. */
    boolean isLike(Setup other) {
        return withBatch(other.batch).equals(other);
    }

    /** Images that are under way at the same time. */
    int images() {
        return lanes * batch;
    }

    @Override
    public String toString() {
        String shape = lanes + " x " + threads + " thread" + (threads == 1 ? "" : "s") + ", batch " + batch;
        return mode.isEmpty() ? shape : mode + ", " + shape;
    }
}
