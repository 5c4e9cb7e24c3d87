package dev.gatun.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The program that {@link AmxProbe} runs in a process of its own. */
final class AmxProbeChild {
    /** One AMX tile of int8 is 16 rows of 64 bytes; this makes several tiles of each operand, for bf16 too. */
    private static final long SIZE = 64;

    private AmxProbeChild() {}

    public static void main(String[] args) {
        if (!OneDnn.effectiveIsa().includes(CpuIsa.AVX10_1_512_AMX)) {
            System.exit(AmxProbe.NOT_ADVERTISED_EXIT);
        }
        System.out.println(AmxProbe.READY);
        boolean right = multiplies(DataType.BF16, DataType.BF16) && multiplies(DataType.U8, DataType.S8);
        System.exit(right ? 0 : AmxProbe.WRONG_RESULT_EXIT);
    }

    /** Whether a matrix of ones times a matrix of ones is a matrix of its size. */
    private static boolean multiplies(DataType srcType, DataType weightsType) {
        Engine engine = Engine.cpu();
        try (Arena arena = Arena.ofConfined();
                NativeStack stack = new NativeStack()) {
            MemoryDesc src = stack.push(MemoryDesc.of(srcType, FormatTag.AB, SIZE, SIZE));
            MemoryDesc weights = stack.push(MemoryDesc.of(weightsType, FormatTag.AB, SIZE, SIZE));
            MemoryDesc dst = stack.push(MemoryDesc.of(DataType.F32, FormatTag.AB, SIZE, SIZE));
            Attr attr = stack.push(Attr.builder().build());
            PrimitiveDesc desc = stack.push(PrimitiveDesc.matmul(engine, src, weights, null, dst, attr));
            Primitive matmul = stack.push(desc.create());
            MemorySegment result = arena.allocate(dst.size(), 64);
            MemorySegment scratchpad = arena.allocate(Math.max(desc.scratchpad().size(), 1), 64);
            ExecArgs args = stack.push(ExecArgs.builder()
                    .add(Arg.SRC, stack.push(Memory.of(engine, src, ones(arena, src))))
                    .add(Arg.WEIGHTS, stack.push(Memory.of(engine, weights, ones(arena, weights))))
                    .add(Arg.DST, stack.push(Memory.of(engine, dst, result)))
                    .add(Arg.SCRATCHPAD, stack.push(Memory.of(engine, desc.scratchpad(), scratchpad)))
                    .build());
            Stream stream = stack.push(Stream.of(engine));
            matmul.execute(stream, args);
            stream.await();
            return result.elements(ValueLayout.JAVA_FLOAT).allMatch(e -> e.get(ValueLayout.JAVA_FLOAT, 0) == SIZE);
        }
    }

    private static MemorySegment ones(Arena arena, MemoryDesc desc) {
        MemorySegment data = arena.allocate(desc.size(), 64);
        if (desc.dataType() == DataType.BF16) {
            // bfloat16 is the upper half of binary32
            short one = (short) (Float.floatToRawIntBits(1) >>> 16);
            for (long i = 0; i < SIZE * SIZE; i++) {
                data.setAtIndex(ValueLayout.JAVA_SHORT, i, one);
            }
        } else {
            data.fill((byte) 1);
        }
        return data;
    }
}
