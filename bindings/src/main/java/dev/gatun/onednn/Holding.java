package dev.gatun.onednn;

import dev.gatun.onednn.gen.Dnnl;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * {@code dnnl_primitive_execute} with two pointers more than it has parameters. The linker keeps segments alive that are passed
 * directly, and only those; oneDNN reaches the caller's memory through pointers inside its arguments. A C function never looks at
 * arguments beyond its parameters, and in the calling conventions of all platforms here (System V, AAPCS64, Windows x64) it is the caller
 * who removes them.
 */
final class Holding {
    private static final MethodHandle EXECUTE = handle();

    private Holding() {}

    @SuppressWarnings("restricted")
    private static MethodHandle handle() {
        return Linker.nativeLinker()
                .downcallHandle(
                        Dnnl.dnnl_primitive_execute$address(),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS));
    }

    static int execute(
            MemorySegment primitive,
            MemorySegment stream,
            int count,
            MemorySegment args,
            MemorySegment held,
            MemorySegment alsoHeld) {
        try {
            return (int) EXECUTE.invokeExact(primitive, stream, count, args, held, alsoHeld);
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing else", e);
        }
    }
}
