package dev.gatun.benchmarks.peers;

/** What a worker said when it could not do what it was asked, in words. */
final class WorkerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WorkerException(String words) {
        super(words);
    }
}
