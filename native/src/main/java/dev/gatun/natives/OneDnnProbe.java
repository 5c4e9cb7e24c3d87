package dev.gatun.natives;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;

/**
 * What an opened library says of itself.
 *
 * @param version its version
 * @param cpuRuntime what runs its threads
 */
@SuppressWarnings("restricted")
record OneDnnProbe(Version version, CpuRuntime cpuRuntime) {
    private static final String SYMBOL = "dnnl_version";

    /** {@code dnnl_version_t} of {@code dnnl_common_types.h}. */
    private static final StructLayout DNNL_VERSION = MemoryLayout.structLayout(
            JAVA_INT.withName("major"),
            JAVA_INT.withName("minor"),
            JAVA_INT.withName("patch"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("hash"),
            JAVA_INT.withName("cpu_runtime"),
            JAVA_INT.withName("gpu_runtime"));

    /**
     * Calls {@code dnnl_version}.
     *
     * @param library for the message
     * @throws NativeLoadException if the library has no such function
     */
    static OneDnnProbe of(SymbolLookup lookup, Object library) {
        MemorySegment function = symbol(lookup, library);
        try {
            MemorySegment version = ((MemorySegment) Linker.nativeLinker()
                            .downcallHandle(function, FunctionDescriptor.of(Posix.pointer()))
                            .invokeExact())
                    .reinterpret(DNNL_VERSION.byteSize());
            MemorySegment hash = version.get(Posix.pointer(), offset("hash"));
            return new OneDnnProbe(
                    new Version(
                            version.get(JAVA_INT, offset("major")),
                            version.get(JAVA_INT, offset("minor")),
                            version.get(JAVA_INT, offset("patch")),
                            hash.equals(MemorySegment.NULL) ? "" : hash.getString(0)),
                    CpuRuntime.of(version.get(JAVA_INT, offset("cpu_runtime"))));
        } catch (Throwable e) {
            throw Posix.unexpected(e);
        }
    }

    static MemorySegment symbol(SymbolLookup lookup, Object library) {
        return lookup.find(SYMBOL)
                .orElseThrow(() -> new NativeLoadException(library + " is not oneDNN: it has no function " + SYMBOL));
    }

    private static long offset(String field) {
        return DNNL_VERSION.byteOffset(PathElement.groupElement(field));
    }
}
