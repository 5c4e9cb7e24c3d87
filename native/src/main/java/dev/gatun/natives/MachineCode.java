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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The functions of a listing in {@code src/main/asm}, assembled before they came here, for Linux on x86-64. They are mapped once a JVM,
 * when the first of the listing is called, and stay. Thread-safe.
 */
final class MachineCode {
    /** Listings by the names of their files. */
    enum Listing {
        /** What measures and asks the machine. */
        LOOPS,
        /** What computes on tiles of AMX. */
        CONVOLUTION,
        /** What computes 3x3 convolutions in f32. */
        WINOGRAD;

        String resource() {
            return name().toLowerCase(Locale.ROOT) + ".hex";
        }
    }

    /** A cache line, which also the tile configuration at the end of a function must not cross. */
    private static final int ALIGNMENT = 64;

    /**
     * Of all functions, whose address comes first; a constant to the JVM. No function has the last argument: the linker keeps alive what is passed
     * to it, and only that.
     */
    @SuppressWarnings("restricted")
    private static final MethodHandle CALL = Linker.nativeLinker()
            .downcallHandle(FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));

    private static final Map<Listing, MachineCode> MAPPED = new EnumMap<>(Listing.class);

    private final Map<String, MemorySegment> functions;

    private MachineCode(Map<String, MemorySegment> functions) {
        this.functions = functions;
    }

    /**
     * The functions of a listing, mapped.
     *
     * @throws UnsupportedOperationException if this is another platform or the system forbids it; the message says which
     */
    static synchronized MachineCode map(Listing listing) {
        MachineCode code = MAPPED.get(listing);
        if (code == null) {
            Platform platform = Platform.current();
            if (platform.os() != Os.LINUX || !platform.arch().equals("x86_64")) {
                throw new UnsupportedOperationException(
                        "our machine code is for linux-x86_64, and this is " + platform.classifier());
            }
            code = new MachineCode(link(table(listing)));
            MAPPED.put(listing, code);
        }
        return code;
    }

    /** Code by function, in the order of the listing. */
    static Map<String, byte[]> table(Listing listing) {
        try (InputStream in = MachineCode.class.getResourceAsStream(listing.resource())) {
            if (in == null) {
                throw new AssertionError(listing.resource() + " is missing from the module");
            }
            return table(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lines of a name, its bytes and their digits. They are read once a JVM, before it compiles anything, so every step over them counts. */
    private static Map<String, byte[]> table(byte[] text) {
        Map<String, byte[]> table = new LinkedHashMap<>();
        int at = 0;
        while (at < text.length) {
            String name = word(text, at);
            at += name.length() + 1;
            String bytes = word(text, at);
            at += bytes.length() + 1;
            byte[] code = new byte[Integer.parseInt(bytes)];
            for (int i = 0; i < code.length; i++) {
                code[i] = (byte) (digit(text[at]) << 4 | digit(text[at + 1]));
                at += 2;
            }
            table.put(name, code);
            at++;
        }
        return table;
    }

    private static String word(byte[] text, int from) {
        int end = from;
        while (text[end] != ' ') {
            end++;
        }
        return new String(text, from, end - from, StandardCharsets.US_ASCII);
    }

    /** Of 0 to 9 and a to f: letters have bit 6 set, and 1 to 6 below. */
    private static int digit(byte letter) {
        return (letter & 0xf) + (letter >> 6) * 9;
    }

    private static Map<String, MemorySegment> link(Map<String, byte[]> table) {
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
            Map<String, MemorySegment> functions = new HashMap<>();
            offsets.forEach((name, offset) -> functions.put(name, executable.asSlice(offset, 0)));
            return functions;
        }
    }

    /** Calls a function of up to three arguments; those that it does not have are nothing to it. */
    long call(String function, MemorySegment data, long count, long bytes) {
        return call(address(function), data, count, bytes);
    }

    /** As {@link #call(String, MemorySegment, long, long)}, for those who call a function often. */
    static long call(MemorySegment address, MemorySegment data, long count, long bytes) {
        return call(address, data, count, bytes, MemorySegment.NULL);
    }

    /** As {@link #call(MemorySegment, MemorySegment, long, long)}; the arena of {@code held} cannot be closed meanwhile. */
    static long call(MemorySegment address, MemorySegment data, long count, long bytes, MemorySegment held) {
        try {
            return (long) CALL.invokeExact(address, data, count, bytes, held);
        } catch (Throwable e) {
            throw Posix.unexpected(e);
        }
    }

    /** Where a function starts. */
    MemorySegment address(String function) {
        MemorySegment address = functions.get(function);
        if (address == null) {
            throw new AssertionError("no listing has a function " + function);
        }
        return address;
    }
}
