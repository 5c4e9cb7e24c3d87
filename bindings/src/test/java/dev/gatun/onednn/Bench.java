package dev.gatun.onednn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs one primitive on values given and returned in logical row-major order, all buffers flush against guard pages.
 * Closing it closes everything that was made with it.
 */
final class Bench implements AutoCloseable {
    private static final FormatTag[] PLAIN = {
        FormatTag.ANY, FormatTag.A, FormatTag.AB, FormatTag.ABC, FormatTag.ABCD, FormatTag.ABCDE
    };

    final Engine engine = Engine.cpu();
    final NativeStack stack = new NativeStack();
    final Stream stream = stack.push(Stream.of(engine));
    private final GuardedArena memory = stack.push(new GuardedArena());

    MemoryDesc desc(DataType type, FormatTag tag, long... dims) {
        return stack.push(MemoryDesc.of(type, tag, dims));
    }

    MemoryDesc plain(DataType type, long... dims) {
        return desc(type, PLAIN[dims.length], dims);
    }

    Attr attr() {
        return attr(Attr.builder());
    }

    Attr attr(Attr.Builder builder) {
        return stack.push(builder.build());
    }

    MemorySegment allocate(long size) {
        return memory.allocate(size);
    }

    /** An uninitialised tensor, filled with a pattern that is NaN in every floating-point type. */
    Memory tensor(MemoryDesc desc) {
        return stack.push(Memory.of(engine, desc, memory.allocate(desc.size()).fill((byte) 0xff)));
    }

    Memory tensor(MemoryDesc desc, double... values) {
        Memory result = tensor(desc);
        if (desc.elements() != values.length) {
            throw new IllegalArgumentException(values.length + " values for " + desc);
        }
        Memory plain = tensor(plain(DataType.F32, desc.dims()));
        for (int i = 0; i < values.length; i++) {
            plain.data().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, (float) values[i]);
        }
        reorder(plain, result);
        return result;
    }

    double[] read(Memory memory) {
        Memory plain = tensor(plain(DataType.F32, memory.desc().dims()));
        reorder(memory, plain);
        double[] values = new double[(int) memory.desc().elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = plain.data().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
        }
        return values;
    }

    void reorder(Memory src, Memory dst) {
        try (Attr attr = Attr.builder().build();
                PrimitiveDesc desc = PrimitiveDesc.reorder(engine, src.desc(), dst.desc(), attr);
                Primitive primitive = desc.create();
                Memory scratchpad = Memory.of(
                        engine,
                        desc.scratchpad(),
                        memory.allocate(desc.scratchpad().size()));
                ExecArgs args = ExecArgs.builder()
                        .add(Arg.FROM, src)
                        .add(Arg.TO, dst)
                        .add(Arg.SCRATCHPAD, scratchpad)
                        .build()) {
            primitive.execute(stream, args);
            stream.await();
        }
    }

    /** Executes with sources, weights and bias by argument, and whatever else is in {@code extra}. */
    double[] run(PrimitiveDesc desc, Map<Integer, double[]> inputs, Map<Integer, Memory> extra) {
        Map<Integer, Memory> memories = new LinkedHashMap<>();
        inputs.forEach((arg, values) -> memories.put(arg, tensor(input(desc, arg), values)));
        memories.putAll(extra);
        memories.computeIfAbsent(Arg.DST, arg -> tensor(desc.dst()));
        if (!desc.scratchpad().isEmpty()) {
            memories.put(Arg.SCRATCHPAD, tensor(desc.scratchpad()));
        }
        if (!desc.workspace().isEmpty()) {
            memories.put(Arg.WORKSPACE, tensor(desc.workspace()));
        }
        ExecArgs.Builder args = ExecArgs.builder();
        memories.forEach(args::add);
        try (Primitive primitive = desc.create();
                ExecArgs built = args.build()) {
            primitive.execute(stream, built);
            stream.await();
        }
        return read(memories.get(Arg.DST));
    }

    double[] run(PrimitiveDesc desc, Map<Integer, double[]> inputs) {
        return run(desc, inputs, Map.of());
    }

    private static MemoryDesc input(PrimitiveDesc desc, int arg) {
        if (arg >= Arg.MULTIPLE_SRC) {
            return desc.src(arg - Arg.MULTIPLE_SRC);
        }
        if (arg == Arg.WEIGHTS) {
            return desc.weights();
        }
        return arg == Arg.BIAS ? desc.bias() : desc.src(arg - Arg.SRC);
    }

    @Override
    public void close() {
        stack.close();
    }
}
