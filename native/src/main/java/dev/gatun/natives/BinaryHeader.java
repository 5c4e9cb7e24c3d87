package dev.gatun.natives;

import java.io.EOFException;
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

    private static final String UNIVERSAL = "universal";
    /** Of {@code Elf64_Ehdr}; the others are looked at within it. */
    private static final int HEADER_BYTES = 64;

    /**
     * Refuses a file that the platform's loader could not take.
     *
     * @throws NativeLoadException if the file is not a shared library for the platform
     */
    static void requireFits(Path file, Platform platform) {
        BinaryHeader header = read(file);
        boolean fits =
                header.os == platform.os() && (header.arch.equals(platform.arch()) || header.arch.equals(UNIVERSAL));
        if (!fits) {
            throw new NativeLoadException("%s is a library for %s-%s: this JVM needs one for %s"
                    .formatted(file, header.os.label, header.arch, platform.classifier()));
        }
    }

    static BinaryHeader read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            return parse(channel, file);
        } catch (EOFException e) {
            throw new NativeLoadException(file + " is truncated: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new NativeLoadException(file + " cannot be read: " + NativeLoadException.reason(e), e);
        }
    }

    private static BinaryHeader parse(FileChannel channel, Path file) throws IOException {
        ByteBuffer b = read(channel, 0, HEADER_BYTES);
        int magic = b.getInt(0);
        if (magic == 0x464c457f) { // 0x7f E L F
            return parseElf(b, channel, file);
        }
        if (magic == 0xfeedfacf) { // MH_MAGIC_64
            return new BinaryHeader(Os.MACOS, name(MACH_O, b.getInt(4)));
        }
        if (magic == 0xbebafeca) { // FAT_MAGIC, big-endian
            return new BinaryHeader(Os.MACOS, UNIVERSAL);
        }
        if (b.getShort(0) == 0x5a4d) { // M Z, with the offset of the PE header at 0x3c
            ByteBuffer pe = read(channel, Integer.toUnsignedLong(b.getInt(0x3c)), 6);
            if (pe.getInt(0) == 0x00004550) {
                return new BinaryHeader(Os.WINDOWS, name(PE, Short.toUnsignedInt(pe.getShort(4))));
            }
        }
        throw new NativeLoadException(
                file + " is not a shared library: it starts with 0x%08x".formatted(Integer.reverseBytes(magic)));
    }

    /** Offsets are those of {@code Elf64_Ehdr} and {@code Elf64_Phdr}. */
    private static BinaryHeader parseElf(ByteBuffer b, FileChannel channel, Path file) throws IOException {
        boolean is64 = b.get(4) == 2;
        boolean isLittleEndian = b.get(5) == 1;
        b.order(isLittleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        BinaryHeader header = new BinaryHeader(Os.LINUX, name(ELF, b.getShort(18)));
        int sharedObject = 3; // ET_DYN
        if (b.getShort(16) != sharedObject) {
            throw new NativeLoadException(file + " is an ELF file but no shared library");
        }
        if (is64 && isLittleEndian) {
            long table = b.getLong(32);
            int entryBytes = Short.toUnsignedInt(b.getShort(54));
            int entries = Short.toUnsignedInt(b.getShort(56));
            ByteBuffer segments = read(channel, table, entries * entryBytes);
            for (int i = 0; i < entries; i++) {
                long offset = segments.getLong(i * entryBytes + 8);
                long bytes = segments.getLong(i * entryBytes + 32);
                // glibc maps a segment without looking at the file's size, and dies of SIGBUS when it is not there
                if (offset < 0 || bytes < 0 || offset > channel.size() - bytes) {
                    throw new EOFException("it has %d bytes, and a segment of %d bytes at %d"
                            .formatted(channel.size(), bytes, offset));
                }
            }
        }
        return header;
    }

    private static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (b.hasRemaining()) {
            if (position < 0 || channel.read(b, position + b.position()) < 0) {
                throw new EOFException(
                        "it has %d bytes, and a header of %d bytes at %d".formatted(channel.size(), bytes, position));
            }
        }
        return b.flip();
    }

    private static String name(Map<Integer, String> machines, int code) {
        return machines.getOrDefault(code, "machine 0x" + Integer.toHexString(code));
    }
}
