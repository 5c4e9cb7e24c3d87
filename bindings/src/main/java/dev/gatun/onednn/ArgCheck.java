package dev.gatun.onednn;

import dev.gatun.onednn.gen.Dnnl;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares execution arguments with what a primitive was created for. oneDNN itself trusts them: a memory that is too
 * small, or a missing scratchpad, would make it read or write outside.
 */
final class ArgCheck implements AutoCloseable {
    private static final List<Integer> SINGLE_ARGS =
            List.of(Arg.SRC, Arg.SRC_1, Arg.SRC_2, Arg.WEIGHTS, Arg.BIAS, Arg.DST, Arg.WORKSPACE, Arg.SCRATCHPAD);

    private final Primitive primitive;
    private final Map<Integer, Memory> memories;
    private final NativeStack views = new NativeStack();
    private final Map<Integer, MemoryDesc> expected = new HashMap<>();
    private final MemorySegment primitiveDesc;

    private ArgCheck(Primitive primitive, Map<Integer, Memory> memories) {
        this.primitive = primitive;
        this.memories = memories;
        this.primitiveDesc = Native.create(
                "dnnl_primitive_get_primitive_desc",
                (out, arena) -> Dnnl.dnnl_primitive_get_primitive_desc(primitive.pointer(), out),
                null);
    }

    static void check(Primitive primitive, List<Attr.Quantization> quantizations, Map<Integer, Memory> memories) {
        try (ArgCheck check = new ArgCheck(primitive, memories)) {
            SINGLE_ARGS.forEach(check::checkPresent);
            for (int arg = Arg.MULTIPLE_SRC; check.expected(arg) != null; arg++) {
                check.checkPresent(arg);
            }
            Map<Integer, Memory> tensors = new HashMap<>(memories);
            for (Attr.Quantization quantization : quantizations) {
                check.checkQuantization(quantization);
                tensors.remove(quantization.executionArg());
            }
            tensors.forEach(check::checkTensor);
        }
    }

    /** What the primitive expects of an argument, null if it does not take it. */
    private @Nullable MemoryDesc expected(int arg) {
        MemoryDesc known = expected.get(arg);
        if (known != null) {
            return known;
        }
        MemorySegment pointer = Dnnl.dnnl_primitive_desc_query_md(primitiveDesc, Dnnl.dnnl_query_exec_arg_md(), arg);
        if (pointer.address() == 0) {
            return null;
        }
        MemoryDesc view = views.push(new MemoryDesc(pointer, primitive));
        if (view.isEmpty()) {
            return null;
        }
        expected.put(arg, view);
        return view;
    }

    private void checkPresent(int arg) {
        MemoryDesc desc = expected(arg);
        if (desc != null && desc.size() > 0 && !memories.containsKey(arg)) {
            throw wrong(arg, "is missing, expected " + desc);
        }
    }

    private void checkTensor(int arg, Memory memory) {
        MemoryDesc desc = expected(arg);
        if (desc == null) {
            // A plan need not branch on whether there is a scratchpad.
            if (arg == Arg.SCRATCHPAD) {
                return;
            }
            throw wrong(arg, "is not an argument of this primitive");
        }
        boolean fits = arg == Arg.SCRATCHPAD ? memory.size() >= desc.size() : desc.sameAs(memory.desc());
        if (!fits) {
            throw wrong(arg, "is " + memory.desc() + ", expected " + desc);
        }
    }

    private void checkQuantization(Attr.Quantization quantization) {
        int arg = quantization.executionArg();
        Memory memory = memories.get(arg);
        if (memory == null) {
            throw wrong(arg, "are missing");
        }
        MemoryDesc scaled = expected(quantization.arg());
        long count = 1;
        for (int i = 0; scaled != null && i < scaled.ndims(); i++) {
            count *= (quantization.mask() >> i & 1) == 1 ? scaled.dim(i) : 1;
        }
        MemoryDesc desc = memory.desc();
        if (desc.dataType() != quantization.dataType() || desc.elements() != count) {
            throw wrong(arg, "are " + desc + ", expected " + count + " of " + quantization.dataType());
        }
    }

    private IllegalArgumentException wrong(int arg, String what) {
        return new IllegalArgumentException(Arg.name(arg) + " " + what + ": " + primitive);
    }

    @Override
    public void close() {
        views.close();
    }
}
