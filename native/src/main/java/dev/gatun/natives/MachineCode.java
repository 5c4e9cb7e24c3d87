package dev.gatun.natives;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The functions of {@code src/main/asm/loops.s}, assembled before they came here, for Linux on x86-64. They are mapped once a JVM, when
 * the first is called, and stay. Thread-safe.
 */
final class MachineCode {
    static final String RESOURCE = "loops.hex";

    /** A cache line, which also the tile configuration at the end of a function must not cross. */
    private static final int ALIGNMENT = 64;

    private static @Nullable MachineCode mapped;

    private final Map<String, MethodHandle> functions;

    private MachineCode(Map<String, MethodHandle> functions) {
        this.functions = functions;
    }

    /**
     * The functions, mapped.
     *
     * @throws UnsupportedOperationException if this is another platform or the system forbids it; the message says which
     */
    static synchronized MachineCode map() {
        MachineCode code = mapped;
        if (code == null) {
            Platform platform = Platform.current();
            if (platform.os() != Os.LINUX || !platform.arch().equals("x86_64")) {
                throw new UnsupportedOperationException(
                        "the loops are machine code for linux-x86_64, and this is " + platform.classifier());
            }
            code = new MachineCode(link(table()));
            mapped = code;
        }
        return code;
    }

    /** Code by function, in the order of the listing. */
    static Map<String, byte[]> table() {
        try (InputStream in = MachineCode.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new AssertionError(RESOURCE + " is missing from the module");
            }
            Map<String, byte[]> table = new LinkedHashMap<>();
            new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().forEach(line -> {
                int space = line.indexOf(' ');
                table.put(line.substring(0, space), HexFormat.of().parseHex(line, space + 1, line.length()));
            });
            return table;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("restricted")
    private static Map<String, MethodHandle> link(Map<String, byte[]> table) {
        FunctionDescriptor type = FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
        Map<String, Long> offsets = new HashMap<>();
        long bytes = 0;
        for (Map.Entry<String, byte[]> function : table.entrySet()) {
            offsets.put(function.getKey(), bytes);
            bytes += Math.ceilDiv(function.getValue().length, ALIGNMENT) * (long) ALIGNMENT;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate(bytes, ALIGNMENT);
            table.forEach((name, machine) ->
                    MemorySegment.copy(machine, 0, code, JAVA_BYTE, offsets.getOrDefault(name, 0L), machine.length));
            MemorySegment executable = Posix.mapCode(code);
            Map<String, MethodHandle> functions = new HashMap<>();
            offsets.forEach((name, offset) ->
                    functions.put(name, Linker.nativeLinker().downcallHandle(executable.asSlice(offset, 0), type)));
            return functions;
        }
    }

    /** Calls a function of up to three arguments; those that it does not have are nothing to it. */
    long call(String function, MemorySegment data, long count, long bytes) {
        MethodHandle handle = functions.get(function);
        if (handle == null) {
            throw new AssertionError(RESOURCE + " has no function " + function);
        }
        try {
            return (long) handle.invokeExact(data, count, bytes);
        } catch (Throwable e) {
            throw Posix.unexpected(e);
        }
    }
}
