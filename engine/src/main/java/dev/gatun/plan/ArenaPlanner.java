package dev.gatun.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Places buffers in one arena so that those alive at the same time do not overlap: largest first, each at the lowest offset that is
 * free while it lives.
 */
final class ArenaPlanner {
    /** Cache line, and the alignment that oneDNN's own allocator gives. */
    static final long ALIGNMENT = 64;

    private ArenaPlanner() {}

    /** Sets every buffer's offset and returns the size of the arena in bytes. */
    static long place(List<Buffer> buffers) {
        List<Buffer> placed = new ArrayList<>();
        long size = 0;
        for (Buffer buffer : buffers.stream()
                .sorted(Comparator.comparingLong(Buffer::bytes).reversed())
                .toList()) {
            long offset = 0;
            for (Buffer other : placed) {
                if (other.livesWith(buffer)) {
                    if (offset + buffer.bytes() <= other.offset()) {
                        break;
                    }
                    offset = Math.max(offset, align(other.offset() + other.bytes()));
                }
            }
            buffer.place(offset);
            placed.add(buffer);
            placed.sort(Comparator.comparingLong(Buffer::offset));
            size = Math.max(size, align(offset + buffer.bytes()));
        }
        return size;
    }

    static long align(long bytes) {
        return Math.addExact(bytes, ALIGNMENT - 1) & -ALIGNMENT;
    }
}
