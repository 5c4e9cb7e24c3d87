package dev.gatun.natives;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;

/**
 * Reads from a library's first bytes what it was built for, so that a wrong file is refused with its name and kind: the
 * dynamic loader's own words for it differ from system to system and seldom say which architecture was found.
 *
 * @param os operating system of the file format
 * @param arch instruction set in the classifiers' spelling, {@code machine 0x...} if unknown, {@code universal} if several
 */
record BinaryHeader(Os os, String arch) {
    /** {@code e_machine} of {@code elf.h}. */
    private static final Map<Integer, String> ELF =
            Map.of(62, "x86_64", 183, "arm64", 3, "x86", 40, "arm", 21, "ppc64le", 22, "s390x", 243, "riscv64");
    /** {@code cputype} of {@code mach/machine.h}. */
    private static final Map<Integer, String> MACH_O = Map.of(0x01000007, "x86_64", 0x0100000c, "arm64");
    /** {@code Machine} of the COFF file header, {@code winnt.h}. */
    private static final Map<Integer, String> PE = Map.of(0x8664, "x86_64", 0xaa64, "arm64", 0x14c, "x86");

    private static final int UNIVERSAL = 0xcafebabe;
    private static final int HEADER_BYTES = 4096;

    /**
     * Refuses a file that the platform's loader could not take.
     *
     * @throws NativeLoadException if the file is not a shared library for the platform
     */
    static void requireFits(Path file, Platform platform) {
        BinaryHeader header = read(file);
        boolean fits =
                header.os == platform.os() && (header.arch.equals(platform.arch()) || header.arch.equals("universal"));
        if (!fits) {
            throw new NativeLoadException("%s is a library for %s-%s: this JVM needs one for %s"
                    .formatted(file, header.os.label, header.arch, platform.classifier()));
        }
    }

    static BinaryHeader read(Path file) {
        ByteBuffer b = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file)) {
            while (b.hasRemaining() && channel.read(b) >= 0) {}
        } catch (IOException e) {
            throw new NativeLoadException(file + " cannot be read: " + NativeLoadException.reason(e), e);
        }
        b.flip();
        try {
            return parse(b, file);
        } catch (IndexOutOfBoundsException e) {
            throw new NativeLoadException(
                    file + " is truncated: it ends within its header, after " + b.limit() + " bytes", e);
        }
    }

    private static BinaryHeader parse(ByteBuffer b, Path file) {
        int magic = b.getInt(0);
        if (magic == 0x464c457f) { // 0x7f E L F
            boolean bigEndian = b.get(5) == 2;
            b.order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            int sharedObject = 3; // ET_DYN
            if (b.getShort(16) != sharedObject) {
                throw new NativeLoadException(file + " is an ELF file but no shared library");
            }
            return new BinaryHeader(Os.LINUX, name(ELF, b.getShort(18)));
        }
        if (magic == 0xfeedfacf) { // MH_MAGIC_64
            return new BinaryHeader(Os.MACOS, name(MACH_O, b.getInt(4)));
        }
        if (Integer.reverseBytes(magic) == UNIVERSAL) {
            return new BinaryHeader(Os.MACOS, "universal");
        }
        if (b.getShort(0) == 0x5a4d) { // M Z, with the offset of the PE header at 0x3c
            int pe = b.getInt(0x3c);
            if (pe >= 0 && b.getInt(pe) == 0x00004550) {
                return new BinaryHeader(Os.WINDOWS, name(PE, Short.toUnsignedInt(b.getShort(pe + 4))));
            }
        }
        throw new NativeLoadException(
                file + " is not a shared library: it starts with 0x%08x".formatted(Integer.reverseBytes(magic)));
    }

    private static String name(Map<Integer, String> machines, int code) {
        return machines.getOrDefault(code, "machine 0x" + Integer.toHexString(code));
    }
}
