package dev.gatun.onednn;

import dev.gatun.onednn.gen.Dnnl;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares execution arguments with what a primitive was created for. oneDNN itself trusts them: a memory that is too
 * small, or a missing scratchpad, would make it read or write outside. What a primitive expects is asked for once. Thread-safe.
 */
final class ArgCheck {
    private static final List<Integer> SINGLE_ARGS =
            List.of(Arg.SRC, Arg.SRC_1, Arg.SRC_2, Arg.WEIGHTS, Arg.BIAS, Arg.DST, Arg.WORKSPACE, Arg.SCRATCHPAD);

    private final Primitive primitive;
    private final List<Attr.Quantization> quantizations;
    private final Map<Integer, Optional<MemoryDesc>> expected = new HashMap<>();
    private MemorySegment primitiveDesc = MemorySegment.NULL;

    ArgCheck(Primitive primitive, List<Attr.Quantization> quantizations) {
        this.primitive = primitive;
        this.quantizations = quantizations;
    }

    /**
     * @throws IllegalArgumentException if any is missing, of another descriptor, or not an argument of this primitive
     * @throws IllegalStateException if the primitive is closed
     */
    synchronized void check(Map<Integer, Memory> memories) {
        primitive.requireOpen();
        SINGLE_ARGS.forEach(arg -> checkPresent(arg, memories));
        for (int arg = Arg.MULTIPLE_SRC; expected(arg) != null; arg++) {
            checkPresent(arg, memories);
        }
        Map<Integer, Memory> tensors = new HashMap<>(memories);
        for (Attr.Quantization quantization : quantizations) {
            checkQuantization(quantization, memories);
            tensors.remove(quantization.executionArg());
        }
        tensors.forEach(this::checkTensor);
    }

    /** What the primitive expects of an argument, null if it does not take it. */
    private @Nullable MemoryDesc expected(int arg) {
        return expected.computeIfAbsent(arg, this::query).orElse(null);
    }

    /** Borrowed from the primitive. */
    private Optional<MemoryDesc> query(int arg) {
        if (primitiveDesc.address() == 0) {
            primitiveDesc = Native.create(
                    "dnnl_primitive_get_primitive_desc",
                    (out, arena) -> Dnnl.dnnl_primitive_get_primitive_desc(primitive.pointer(), out),
                    null);
        }
        MemorySegment pointer = Dnnl.dnnl_primitive_desc_query_md(primitiveDesc, Dnnl.dnnl_query_exec_arg_md(), arg);
        if (pointer.address() == 0) {
            return Optional.empty();
        }
        MemoryDesc view = new MemoryDesc(pointer, primitive);
        return view.isEmpty() ? Optional.empty() : Optional.of(view);
    }

    private void checkPresent(int arg, Map<Integer, Memory> memories) {
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

    private void checkQuantization(Attr.Quantization quantization, Map<Integer, Memory> memories) {
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
}
