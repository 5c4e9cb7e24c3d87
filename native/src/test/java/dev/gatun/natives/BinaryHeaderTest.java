package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinaryHeaderTest {
    private static final Platform LINUX_X86 = new Platform(Os.LINUX, "x86_64", false);

    @TempDir
    Path temp;

    @Test
    void readsElfMachines() throws IOException {
        assertThat(BinaryHeader.read(write(elf(62, 3)))).isEqualTo(new BinaryHeader(Os.LINUX, "x86_64"));
        assertThat(BinaryHeader.read(write(elf(183, 3)))).isEqualTo(new BinaryHeader(Os.LINUX, "arm64"));
        assertThat(BinaryHeader.read(write(elf(99, 3)))).isEqualTo(new BinaryHeader(Os.LINUX, "machine 0x63"));
    }

    @Test
    void readsMachO() throws IOException {
        ByteBuffer b = buffer().putInt(0, 0xfeedfacf).putInt(4, 0x0100000c);
        assertThat(BinaryHeader.read(write(b))).isEqualTo(new BinaryHeader(Os.MACOS, "arm64"));
        ByteBuffer universal = buffer().order(ByteOrder.BIG_ENDIAN).putInt(0, 0xcafebabe);
        assertThat(BinaryHeader.read(write(universal))).isEqualTo(new BinaryHeader(Os.MACOS, "universal"));
    }

    @Test
    void readsPortableExecutable() throws IOException {
        ByteBuffer b = buffer().putShort(0, (short) 0x5a4d).putInt(0x3c, 128);
        b.putInt(128, 0x00004550).putShort(132, (short) 0x8664);
        assertThat(BinaryHeader.read(write(b))).isEqualTo(new BinaryHeader(Os.WINDOWS, "x86_64"));
    }

    @Test
    void refusesOtherArchitectureByName() throws IOException {
        Path file = write(elf(183, 3));
        assertThatThrownBy(() -> BinaryHeader.requireFits(file, LINUX_X86))
                .isInstanceOf(NativeLoadException.class)
                .hasMessage(file + " is a library for linux-arm64: this JVM needs one for linux-x86_64");
    }

    @Test
    void wrongArchitectureInExplicitDirectoryIsRefusedBeforeLoading() throws IOException {
        Files.move(write(elf(183, 3)), temp.resolve("libdnnl.so.3"));
        Locator locator = new Locator(LINUX_X86, temp.toString(), List.of(), List.of());
        assertThatThrownBy(locator::find)
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContaining("libdnnl.so.3 is a library for linux-arm64");
    }

    @Test
    void refusesExecutablesAndOtherFiles() throws IOException {
        assertThatThrownBy(() -> BinaryHeader.read(write(elf(62, 2)))).hasMessageContaining("no shared library");
        assertThatThrownBy(() -> BinaryHeader.read(write(buffer().putInt(0, 0x12345678))))
                .hasMessageContaining("starts with 0x78563412");
    }

    @Test
    void refusesSegmentsBeyondTheEnd() throws IOException {
        ByteBuffer b = elf(62, 3);
        b.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 1);
        b.putLong(64 + 8, 100).putLong(64 + 32, 100);
        assertThat(BinaryHeader.read(write(b)).arch()).isEqualTo("x86_64");
        b.putLong(64 + 32, 101);
        assertThatThrownBy(() -> BinaryHeader.read(write(b)))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContaining("is truncated: it has 200 bytes, and a segment of 101 bytes at 100");
        b.putLong(64 + 32, Long.MAX_VALUE);
        assertThatThrownBy(() -> BinaryHeader.read(write(b))).hasMessageContaining("is truncated");
        b.putLong(32, 1000);
        assertThatThrownBy(() -> BinaryHeader.read(write(b))).hasMessageContaining("is truncated");
    }

    private static ByteBuffer elf(int machine, int type) {
        ByteBuffer b = buffer().putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1);
        return b.putShort(16, (short) type).putShort(18, (short) machine);
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Path write(ByteBuffer content) throws IOException {
        byte[] bytes = new byte[content.capacity()];
        content.get(0, bytes);
        return Files.write(temp.resolve("library"), bytes);
    }
}
