package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeMemoryTest {
    @Test
    void isZeroedWritableAndGoneWithItsArena() {
        MemorySegment memory;
        try (Arena arena = Arena.ofConfined()) {
            memory = LargeMemory.allocate(arena, 5_000_001);
            assertThat(memory.byteSize()).isEqualTo(5_000_001);
            for (long at = 0; at < memory.byteSize(); at += 4096) {
                assertThat(memory.get(ValueLayout.JAVA_BYTE, at)).isZero();
            }
            memory.set(ValueLayout.JAVA_BYTE, 5_000_000, (byte) 7);
            assertThat(memory.get(ValueLayout.JAVA_BYTE, 5_000_000)).isEqualTo((byte) 7);
            assertThatThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 5_000_001))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void beginsAtAHugePage() {
        assumeTrue(System.getProperty("os.name", "").startsWith("Linux"), "huge pages are asked for on Linux only");
        try (Arena arena = Arena.ofConfined()) {
            for (long bytes : new long[] {1, 4096, LargeMemory.HUGE_PAGE, LargeMemory.HUGE_PAGE + 1}) {
                assertThat(LargeMemory.allocate(arena, bytes).address() % LargeMemory.HUGE_PAGE)
                        .isZero();
            }
        }
    }

    @Test
    void adviceLeavesAMappedFileAsItIs(@TempDir Path directory) throws IOException {
        byte[] content = new byte[5_000_001];
        Arrays.fill(content, (byte) 3);
        Path file = Files.write(directory.resolve("file"), content);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, content.length, arena);
            LargeMemory.advise(mapped);
            assertThat(mapped.mismatch(MemorySegment.ofArray(content))).isNegative();
        }
    }

    @Test
    void saysWhenThereIsNoRoom() {
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> LargeMemory.allocate(arena, 1L << 55)).isInstanceOf(OutOfMemoryError.class);
        }
    }
}
