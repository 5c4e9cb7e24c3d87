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
import org.jspecify.annotations.Nullable;

/** Brings weights once into the layout and type that a primitive wants, in memory that the plan keeps. One thread. */
final class WeightPacker {
    /**
     * Packed values.
     *
     * @param desc layout and type, borrowed from the plan
     * @param data borrowed from the plan
     */
    record Packed(MemoryDesc desc, MemorySegment data) {}

    private final Engine engine;
    private final LargeArena arena;
    private final @Nullable Rounding rounding;
    private long bytes;

    /**
     * @param arena where packed weights live
     * @param rounding of weights where a precision is emulated, else null
     */
    WeightPacker(Engine engine, Arena arena, @Nullable Rounding rounding) {
        this.engine = engine;
        this.arena = new LargeArena(arena);
        this.rounding = rounding;
    }

    /** Bytes packed so far. */
    long bytes() {
        return bytes;
    }

    /** Packs {@code values}, row-major in the extents of {@code desc}. */
    Packed weights(float[] values, FormatTag tag, MemoryDesc desc) {
        float[] rounded = rounding == null ? values : rounding.rounded(values);
        try (Arena staging = Arena.ofConfined()) {
            return pack(staging.allocateFrom(ValueLayout.JAVA_FLOAT, rounded), DataType.F32, tag, desc);
        }
    }

    /** Packs {@code values} of type s8, row-major in the extents of {@code desc}. */
    Packed weights(byte[] values, FormatTag tag, MemoryDesc desc) {
        try (Arena staging = Arena.ofConfined()) {
            return pack(staging.allocateFrom(ValueLayout.JAVA_BYTE, values), DataType.S8, tag, desc);
        }
    }

    /** Keeps biases or scales, which stay f32 in every precision, as they are. */
    Packed floats(float[] values, MemoryDesc desc) {
        MemorySegment data = allocate(desc);
        MemorySegment.copy(values, 0, data, ValueLayout.JAVA_FLOAT, 0, values.length);
        return new Packed(desc, data);
    }

    private MemorySegment allocate(MemoryDesc desc) {
        bytes += desc.size();
        return arena.allocate(desc.size());
    }

    private Packed pack(MemorySegment plain, DataType type, FormatTag tag, MemoryDesc desc) {
        MemorySegment data = allocate(desc);
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
        return new Packed(desc, data);
    }
}
