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
    /** Images of a run that are tried for throughput. */
    private static final List<Integer> BATCHES = List.of(1, 8);

    /** For latency one image on all threads; for throughput one lane on all cores and one lane on each, with small and larger batches. */
    static List<Setup> of(Job job, List<String> modes) {
        List<Setup> setups = new ArrayList<>();
        for (String mode : modes) {
            if (job.scenario() == Scenario.LATENCY) {
                setups.add(new Setup(mode, 1, job.threads(), 1));
                continue;
            }
            for (int batch : BATCHES) {
                setups.add(new Setup(mode, job.threads(), 1, batch));
                if (job.threads() > 1) {
                    setups.add(new Setup(mode, 1, job.threads(), batch));
                }
            }
        }
        return setups;
    }

    @Override
    public String toString() {
        String shape = lanes + " x " + threads + " thread" + (threads == 1 ? "" : "s") + ", batch " + batch;
        return mode.isEmpty() ? shape : mode + ", " + shape;
    }
}
