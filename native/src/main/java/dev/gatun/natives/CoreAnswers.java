package dev.gatun.natives;

/**
 * What cores answered to convolutions on tiles, which ask every 60 microseconds or so that they compute whether the core's other
 * hyperthread runs as well, for whomever: a network on tiles then takes about twice as long, and no count of the operating system's tells.
 * Immutable.
 *
 * @param asked how often
 * @param shared how often it did
 */
public record CoreAnswers(long asked, long shared) {
    /**
     * All of this process so far: (0, 0) where nothing runs on tiles. May be called by any thread; some answers are missing if other threads run
     * meanwhile, or if two of them count in one place at once.
     */
    public static CoreAnswers soFar() {
        return SharedCores.answers();
    }

    /** Those that have come since {@code earlier}. */
    public CoreAnswers since(CoreAnswers earlier) {
        return new CoreAnswers(asked - earlier.asked, shared - earlier.shared);
    }

    /** Whether all of them, and at least one, found the core alone. */
    public boolean alone() {
        return asked > 0 && shared == 0;
    }
}
