package dev.gatun.onednn;

import dev.gatun.onednn.gen.dnnl_exec_arg_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an execution as a native array built once. Owns the array; borrows the memories and keeps them
 * reachable: closing one of them makes these arguments unusable. Used by one thread at a time.
 */
public final class ExecArgs extends Handle {
    private final Arena arena;
    private final Map<Integer, Memory> memories;
    private final int size;
    private @Nullable Primitive checkedFor;

    private ExecArgs(Arena arena, MemorySegment array, Map<Integer, Memory> memories) {
        super(MemorySegment.ofAddress(array.address()), true, new ArrayList<>(memories.values()));
        this.arena = arena;
        this.memories = memories;
        this.size = memories.size();
    }

    /** {@return an empty builder} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the number of arguments} */
    public int size() {
        return size;
    }

    Map<Integer, Memory> memories() {
        return memories;
    }

    @Nullable
    Primitive checkedFor() {
        return checkedFor;
    }

    void checkedFor(Primitive primitive) {
        checkedFor = primitive;
    }

    @Override
    void destroy(MemorySegment pointer) {
        arena.close();
    }

    /** Collects arguments. */
    public static final class Builder {
        private final Map<Integer, Memory> memories = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Adds an argument.
         *
         * @param arg its index, such as {@link Arg#SRC}
         * @param memory its memory
         * @return this
         * @throws IllegalArgumentException when the argument was added before
         */
        public Builder add(int arg, Memory memory) {
            if (memories.putIfAbsent(arg, memory) != null) {
                throw new IllegalArgumentException(Arg.name(arg) + " was added before");
            }
            return this;
        }

        /** {@return the arguments, owned by the caller} */
        public ExecArgs build() {
            Map<Integer, Memory> args = new LinkedHashMap<>(memories);
            // Shared, so that any thread may close it.
            Arena arena = Arena.ofShared();
            try {
                MemorySegment array = dnnl_exec_arg_t.allocateArray(Math.max(args.size(), 1), arena);
                int i = 0;
                for (Map.Entry<Integer, Memory> arg : args.entrySet()) {
                    MemorySegment entry = dnnl_exec_arg_t.asSlice(array, i++);
                    dnnl_exec_arg_t.arg(entry, arg.getKey());
                    dnnl_exec_arg_t.memory(entry, arg.getValue().pointer());
                    if (Arg.isOutput(arg.getKey())) {
                        arg.getValue().markWritten();
                    }
                }
                return new ExecArgs(arena, array, args);
            } catch (RuntimeException e) {
                arena.close();
                throw e;
            }
        }
    }
}
