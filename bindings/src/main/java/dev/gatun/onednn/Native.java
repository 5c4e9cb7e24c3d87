package dev.gatun.onednn;

import dev.gatun.onednn.gen.Dnnl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How Java values cross to C. */
final class Native {
    /** Longest dims array of oneDNN. */
    static final int MAX_NDIMS = Dnnl.DNNL_MAX_NDIMS();

    private Native() {}

    /** A C function that creates an object: it takes where to write the pointer and an arena for its other arguments. */
    @FunctionalInterface
    interface Constructor {
        int create(MemorySegment out, Arena arena);
    }

    /** Calls a constructor and returns the object as a pointer of the global scope. */
    static MemorySegment create(String call, Constructor constructor, @Nullable Supplier<String> detail) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            Status.check(constructor.create(out, arena), call, detail);
            return out.get(ValueLayout.ADDRESS, 0);
        }
    }

    /** A {@code dnnl_dims_t}: oneDNN may read all twelve entries. */
    static MemorySegment dims(Arena arena, long... dims) {
        MemorySegment segment = arena.allocate(ValueLayout.JAVA_LONG, MAX_NDIMS);
        MemorySegment.copy(dims, 0, segment, ValueLayout.JAVA_LONG, 0, dims.length);
        return segment;
    }

    static MemorySegment pointers(Arena arena, List<? extends Handle> handles) {
        MemorySegment segment = arena.allocate(ValueLayout.ADDRESS, handles.size());
        for (int i = 0; i < handles.size(); i++) {
            segment.setAtIndex(ValueLayout.ADDRESS, i, handles.get(i).pointer());
        }
        return segment;
    }

    static MemorySegment pointerOrNull(@Nullable Handle handle) {
        return handle == null ? MemorySegment.NULL : handle.pointer();
    }

    static String describe(@Nullable MemoryDesc desc) {
        return desc == null ? "none" : desc.toString();
    }

    /** Dimensions as oneDNN writes them, {@code 1x64x56x56}. */
    static String join(long... dims) {
        return String.join("x", Arrays.stream(dims).mapToObj(Long::toString).toList());
    }
}
