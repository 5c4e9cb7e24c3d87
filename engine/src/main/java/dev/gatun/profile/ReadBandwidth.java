package dev.gatun.profile;

import dev.gatun.natives.Machine;
import dev.gatun.natives.ReadLoop;
import dev.gatun.onednn.CpuIsa;
import dev.gatun.onednn.OneDnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How fast a core reads memory from beginning to end.
 *
 * @param how the loop, such as {@code read_avx512}; or, where there is no measure, why, in words
 * @param l2Bytes size of a core's L2 cache, 0 if unknown
 * @param l2 of what lies in L2, in 10^9 bytes a second; empty if unknown
 * @param beyondL2 of what does not, in 10^9 bytes a second; empty if unknown
 */
public record ReadBandwidth(String how, long l2Bytes, OptionalDouble l2, OptionalDouble beyondL2) {
    /** Eight times L2 does not fit in it, and the large L3 of a shared machine does not hide what lies beyond. */
    private static final int BEYOND = 8;

    private static @Nullable ReadBandwidth measured;

    /**
     * Measures; the first call in this process takes a quarter of a second on the calling thread, which should have a core to itself.
     */
    public static synchronized ReadBandwidth ofCore() {
        ReadBandwidth known = measured;
        if (known == null) {
            known = measure(
                    Machine.current().l2Bytes().orElse(0),
                    OneDnn.effectiveIsa().includes(CpuIsa.AVX512_CORE) ? ReadLoop.READ_AVX512 : ReadLoop.READ_AVX2);
            measured = known;
        }
        return known;
    }

    static ReadBandwidth measure(long l2Bytes, ReadLoop loop) {
        Optional<String> obstacle =
                loop.obstacle().or(() -> l2Bytes > 0 ? Optional.empty() : Optional.of("the size of L2 is unknown"));
        if (obstacle.isPresent()) {
            return new ReadBandwidth(obstacle.get(), l2Bytes, OptionalDouble.empty(), OptionalDouble.empty());
        }
        return new ReadBandwidth(
                loop.name().toLowerCase(Locale.ROOT),
                l2Bytes,
                OptionalDouble.of(measure(loop, l2Bytes / 2)),
                OptionalDouble.of(measure(loop, l2Bytes * BEYOND)));
    }

    private static double measure(ReadLoop loop, long bytes) {
        long whole = Math.ceilDiv(bytes, ReadLoop.BLOCK) * ReadLoop.BLOCK;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(whole, 4096);
            // Pages that nothing has been written to are all one page of zeros.
            data.fill((byte) 1);
            return Rate.of(passes -> loop.run(data, passes), (double) whole);
        }
    }

    /**
     * What {@code threads} cores read, in 10^9 bytes a second; empty if unknown.
     *
     * @param bytes that they read together; if their L2 caches hold it, they are taken to
     */
    public OptionalDouble gigabytes(int threads, long bytes) {
        OptionalDouble core = bytes <= threads * l2Bytes ? l2 : beyondL2;
        return core.isPresent() ? OptionalDouble.of(threads * core.getAsDouble()) : core;
    }
}
