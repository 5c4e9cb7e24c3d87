package dev.gatun.onednn;

import dev.gatun.onednn.gen.Dnnl;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * Executable code for one problem. Owned by its creator. Thread-safe when created with {@link ScratchpadMode#USER}:
 * threads then execute it side by side, each with its own {@link Stream} and {@link ExecArgs}.
 */
public final class Primitive extends Handle {
    private final ArgCheck arguments;
    private final int threads;
    private final PrimitiveDesc desc;

    private Primitive(MemorySegment pointer, PrimitiveDesc desc) {
        super(pointer);
        this.arguments = new ArgCheck(this, desc.quantizations());
        this.threads = desc.threads();
        this.desc = desc;
    }

    /**
     * Creates the primitive of a descriptor, which generates its code.
     *
     * @param desc the descriptor; not needed afterwards
     * @return the primitive, owned by the caller
     * @throws IllegalStateException when this thread has another OpenMP team size than the one that created the descriptor
     */
    public static Primitive of(PrimitiveDesc desc) {
        // oneDNN's cache would hand the code of one team size, and its smaller scratchpad, to another.
        checkTeam(desc.threads(), desc);
        MemorySegment pointer = Native.create(
                "dnnl_primitive_create",
                (out, arena) -> Dnnl.dnnl_primitive_create(out, desc.pointer()),
                desc::toString);
        return new Primitive(pointer, desc);
    }

    /**
     * Computes. Allocates nothing, and on the CPU returns when the result is there. The first execution with some
     * {@link ExecArgs} checks them against this primitive; the following ones do not.
     *
     * @param stream the stream, used by this thread only
     * @param args the arguments, used by this thread only
     * @throws IllegalStateException when a handle is closed, or this thread has another OpenMP team size than the thread
     *     that created the descriptor
     * @throws IllegalArgumentException when an argument is missing, unexpected, or not of the descriptor this primitive
     *     was created for
     */
    public void execute(Stream stream, ExecArgs args) {
        execute(stream, args, MemorySegment.NULL, MemorySegment.NULL);
    }

    /**
     * Computes as {@link #execute(Stream, ExecArgs)} does, and keeps the arenas of two segments that the arguments point into from being
     * closed meanwhile: {@link java.lang.foreign.Arena#close} throws then.
     *
     * @param stream the stream, used by this thread only
     * @param args the arguments, used by this thread only
     * @param held a segment to keep
     * @param alsoHeld another one
     * @throws IllegalStateException also when one of their arenas is closed already; nothing is computed then
     */
    public void execute(Stream stream, ExecArgs args, MemorySegment held, MemorySegment alsoHeld) {
        MemorySegment primitive = pointer();
        MemorySegment array = args.pointer();
        checkTeam(threads, this);
        check(args);
        int status;
        try {
            status = Holding.execute(primitive, stream.pointer(), args.size(), array, held, alsoHeld);
        } finally {
            // The memories are only known to oneDNN by the pointers inside the array.
            Reference.reachabilityFence(args);
        }
        if (status != 0) {
            Status.check(status, "dnnl_primitive_execute", this::toString);
        }
    }

    /**
     * Checks arguments against this primitive, as the first execution with them otherwise does.
     *
     * @param args the arguments
     * @throws IllegalArgumentException when an argument is missing, unexpected, or not of the descriptor this primitive
     *     was created for
     * @throws IllegalStateException when a handle is closed
     */
    public void check(ExecArgs args) {
        if (args.checkedFor() != this) {
            arguments.check(args.memories());
            args.checkedFor(this);
        }
    }

    /* oneDNN gives no guarantee when creation and execution differ in it: uxlfoundation/oneDNN issue 1201. */
    private static void checkTeam(int threads, Object planned) {
        int team = OneDnn.maxThreads();
        if (team != threads) {
            throw new IllegalStateException("planned for a team of " + threads + " OpenMP threads, but this thread has "
                    + team + ": call OneDnn.setThreads(" + threads + ") in it: " + planned);
        }
    }

    /** {@return kind and problem} */
    @Override
    public String toString() {
        return desc.toString();
    }

    @Override
    void destroy(MemorySegment pointer) {
        Status.check(Dnnl.dnnl_primitive_destroy(pointer), "dnnl_primitive_destroy", null);
    }
}
