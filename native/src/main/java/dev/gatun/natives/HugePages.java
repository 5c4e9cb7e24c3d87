package dev.gatun.natives;

/**
 * Huge pages, which spare TLB misses over big weights and activations.
 *
 * @param transparent mode of transparent huge pages: {@code always}, {@code madvise} or {@code never}; empty if unknown
 * @param pageBytes size of a page of the default explicit pool, 0 if there is none
 * @param free pages of that pool that are not in use
 */
public record HugePages(String transparent, long pageBytes, long free) {
    static final HugePages UNKNOWN = new HugePages("", 0, 0);
}
