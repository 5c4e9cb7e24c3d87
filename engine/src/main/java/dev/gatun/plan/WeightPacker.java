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
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Brings weights once into the layout and type that a primitive wants, in memory that the plan keeps. One thread. */
final class WeightPacker {
    private final Engine engine;
    private final LargeArena arena;
    private final @Nullable Rounding rounding;
    private final Map<String, PackedTensor.Stored> cached;
    private final Map<String, PackedTensor> tensors = new LinkedHashMap<>();
    private boolean packedAny;

    /**
     * @param arena where packed weights live
     * @param rounding of weights where a precision is emulated, else null
     * @param cached those of a former plan for the same request, which live at least as long as {@code arena}
     */
    WeightPacker(Engine engine, Arena arena, @Nullable Rounding rounding, Map<String, PackedTensor.Stored> cached) {
        this.engine = engine;
        this.arena = new LargeArena(arena);
        this.rounding = rounding;
        this.cached = cached;
    }

    /** Bytes of packed weights so far. */
    long bytes() {
        return tensors.values().stream()
                .mapToLong(tensor -> tensor.data().byteSize())
                .sum();
    }

    /** All packed weights so far by node and operand, in order, for the cache. */
    Map<String, PackedTensor.Stored> stored() {
        Map<String, PackedTensor.Stored> stored = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> stored.put(name, tensor.stored()));
        return stored;
    }

    /** Whether there were any that the cache did not have. */
    boolean packedAny() {
        return packedAny;
    }

    /**
     * Packs weights of a node.
     *
     * @param values row-major in the extents of {@code desc}; not asked for if they are cached
     */
    PackedTensor weights(String node, Supplier<float[]> values, FormatTag tag, MemoryDesc desc) {
        return tensor(node + ".weights", desc, data -> {
            float[] rounded = rounding == null ? values.get() : rounding.rounded(values.get());
            try (Arena staging = Arena.ofConfined()) {
                pack(staging.allocateFrom(ValueLayout.JAVA_FLOAT, rounded), DataType.F32, tag, desc, data);
            }
        });
    }

    /**
     * Packs weights of a node in s8.
     *
     * @param values row-major in the extents of {@code desc}; not asked for if they are cached
     */
    PackedTensor weights8(String node, Supplier<byte[]> values, FormatTag tag, MemoryDesc desc) {
        return tensor(node + ".weights", desc, data -> {
            try (Arena staging = Arena.ofConfined()) {
                pack(staging.allocateFrom(ValueLayout.JAVA_BYTE, values.get()), DataType.S8, tag, desc, data);
            }
        });
    }

    /**
     * Keeps biases or scales of a node, which stay f32 in every precision, as they are.
     *
     * @param values not asked for if they are cached
     */
    PackedTensor floats(String name, Supplier<float[]> values, MemoryDesc desc) {
        return tensor(name, desc, data -> {
            float[] plain = values.get();
            MemorySegment.copy(plain, 0, data, ValueLayout.JAVA_FLOAT, 0, plain.length);
        });
    }

    /**
     * Packs weights of a node in an order of our own.
     *
     * @param packing fills zeroed memory; not asked for if they are cached
     */
    PackedTensor filled(String name, MemoryDesc desc, Consumer<MemorySegment> packing) {
        return tensor(name, desc, packing);
    }

    /** From the cache, or new memory that {@code packing} fills. */
    private PackedTensor tensor(String name, MemoryDesc desc, Consumer<MemorySegment> packing) {
        String id = tensors.containsKey(name) ? name + "#" + tensors.size() : name;
        PackedTensor.Stored stored = cached.get(id);
        MemorySegment data;
        if (stored != null && stored.fits(desc)) {
            data = stored.data();
        } else {
            packedAny = true;
            data = arena.allocate(desc.size());
            packing.accept(data);
        }
        PackedTensor tensor = new PackedTensor(desc, data);
        tensors.put(id, tensor);
        return tensor;
    }

    private void pack(MemorySegment plain, DataType type, FormatTag tag, MemoryDesc desc, MemorySegment data) {
        try (Arena staging = Arena.ofConfined();
                NativeStack handles = new NativeStack()) {
            MemoryDesc plainDesc = handles.push(MemoryDesc.of(type, tag, desc.dims()));
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
    }
}
