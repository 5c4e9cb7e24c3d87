package dev.gatun.plan;

import dev.gatun.onednn.Arg;
import dev.gatun.onednn.Attr;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.Engine;
import dev.gatun.onednn.ExecArgs;
import dev.gatun.onednn.FormatTag;
import dev.gatun.onednn.Memory;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.PrimitiveDesc;
import dev.gatun.onednn.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Brings weights once into the layout and type that a primitive wants, in memory that the plan keeps. One thread. */
final class WeightPacker {
    private final Engine engine;
    private final LargeArena arena;
    private final @Nullable Rounding rounding;
    private final Map<String, PackedTensor.Stored> cached;
    private final Map<String, PackedTensor> used = new LinkedHashMap<>();
    private boolean packedAny;

    /**
     * @param arena where packed weights live
     * @param rounding of weights where a precision is emulated, else null
     * @param cached weights of a former plan for the same request, which live at least as long as {@code arena}
     */
    WeightPacker(Engine engine, Arena arena, @Nullable Rounding rounding, Map<String, PackedTensor.Stored> cached) {
        this.engine = engine;
        this.arena = new LargeArena(arena);
        this.rounding = rounding;
        this.cached = cached;
    }

    /** Bytes of packed weights so far. */
    long bytes() {
        return used.values().stream()
                .mapToLong(tensor -> tensor.data().byteSize())
                .sum();
    }

    /** All packed weights so far, by node and operand. */
    Map<String, PackedTensor.Stored> stored() {
        Map<String, PackedTensor.Stored> stored = new LinkedHashMap<>();
        used.forEach((name, tensor) -> stored.put(name, tensor.stored()));
        return stored;
    }

    /** Whether there were any that the cache did not have. */
    boolean packedAny() {
        return packedAny;
    }

    /**
     * Packs weights.
     *
     * @param node they belong to
     * @param values row-major in the extents of {@code desc}; not asked for if they are cached
     */
    PackedTensor weights(String node, Supplier<float[]> values, FormatTag tag, MemoryDesc desc) {
        return packed(node + ".weights", desc, () -> {
            float[] plain = values.get();
            return pack(rounding == null ? plain : rounding.rounded(plain), tag, desc);
        });
    }

    /**
     * Packs a bias, which stays f32 in every precision.
     *
     * @param node it belongs to
     * @param values not asked for if they are cached
     */
    PackedTensor bias(String node, Supplier<float[]> values, MemoryDesc desc) {
        return packed(node + ".bias", desc, () -> pack(values.get(), FormatTag.X, desc));
    }

    private PackedTensor packed(String name, MemoryDesc desc, Supplier<MemorySegment> packing) {
        PackedTensor.Stored stored = cached.get(name);
        boolean usable = stored != null && stored.fits(desc);
        packedAny |= !usable;
        PackedTensor tensor = new PackedTensor(desc, usable ? stored.data() : packing.get());
        used.put(name, tensor);
        return tensor;
    }

    private MemorySegment pack(float[] values, FormatTag tag, MemoryDesc desc) {
        MemorySegment data = arena.allocate(desc.size());
        try (Arena staging = Arena.ofConfined();
                NativeStack handles = new NativeStack()) {
            MemorySegment plain = staging.allocateFrom(ValueLayout.JAVA_FLOAT, values);
            MemoryDesc plainDesc = handles.push(MemoryDesc.of(DataType.F32, tag, desc.dims()));
            Attr attr = handles.push(Attr.builder().build());
            PrimitiveDesc reorder = handles.push(PrimitiveDesc.reorder(engine, plainDesc, desc, attr));
            ExecArgs.Builder args = ExecArgs.builder()
                    .add(Arg.SRC, handles.push(Memory.of(engine, plainDesc, plain)))
                    .add(Arg.DST, handles.push(Memory.of(engine, desc, data)));
            MemoryDesc scratchpad = reorder.scratchpad();
            if (scratchpad.size() > 0) {
                MemorySegment room = staging.allocate(scratchpad.size(), ArenaPlanner.ALIGNMENT);
                args.add(Arg.SCRATCHPAD, handles.push(Memory.of(engine, scratchpad, room)));
            }
            Stream stream = handles.push(Stream.of(engine));
            handles.push(reorder.create()).execute(stream, handles.push(args.build()));
            stream.await();
        }
        return data;
    }
}
