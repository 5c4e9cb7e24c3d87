package dev.gatun.benchmarks.peers;

import java.util.List;

/** A library that runs networks, as it is used by a worker process. */
interface Peer {
    /** Its version and what was set for all jobs. Loads the library. */
    String about() throws Exception;

    /** What may be tried for {@code job}, most promising first. */
    List<Setup> setups(Job job);

    /** Makes the network ready to run, on the images of {@link Network#images}. The caller closes the lanes. */
    Lanes open(Job job, Setup setup) throws Exception;
}
