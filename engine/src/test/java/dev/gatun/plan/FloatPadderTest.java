package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.natives.FloatPixels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloatPadderTest {
    private static final int HEIGHT = 5;
    private static final int CHANNELS = 3;

    @BeforeEach
    void needsBf16() {
        assumeTrue(
                FloatPixels.obstacle().isEmpty(),
                () -> "skipped: " + FloatPixels.obstacle().orElse(""));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 15, 16, 17, 32, 47, 224})
    void roundsAndSurroundsEveryPixel(int width) {
        FloatPixels pixels = new FloatPixels(2, HEIGHT, width, 2, 3, 1, 4);
        int columns = 3 + width + 4;
        int rows = 2 + HEIGHT + 1;
        float[] images = new float[3 * CHANNELS * HEIGHT * width];
        SplittableRandom random = new SplittableRandom(width);
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextDouble(-3, 3);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = arena.allocateFrom(ValueLayout.JAVA_FLOAT, images);
            long bytes = pixels.dstBytes();
            MemorySegment memory =
                    arena.allocate(bytes + Long.BYTES, Long.BYTES).fill((byte) 0x55);
            new FloatPadder(pixels).run(src, 1, memory.asSlice(0, bytes));
            assertThat(memory.get(ValueLayout.JAVA_LONG, bytes)).isEqualTo(0x5555_5555_5555_5555L);
            for (int n = 0; n < 2; n++) {
                for (int y = 0; y < rows; y++) {
                    for (int x = 0; x < columns; x++) {
                        long expected = 0;
                        if (y >= 2 && y < 2 + HEIGHT && x >= 3 && x < 3 + width) {
                            for (int c = 0; c < CHANNELS; c++) {
                                float value = images[(((1 + n) * CHANNELS + c) * HEIGHT + y - 2) * width + x - 3];
                                expected |= (Rounding.bf16Bits(value) & 0xffffL) << (Short.SIZE * c);
                            }
                        }
                        assertThat(memory.getAtIndex(ValueLayout.JAVA_LONG, ((long) n * rows + y) * columns + x))
                                .as("image %s, row %s, column %s", n, y, x)
                                .isEqualTo(expected);
                    }
                }
            }
            assertThatThrownBy(() -> new FloatPadder(pixels).run(src, 0, memory.asSlice(0, bytes - 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected " + bytes);
        }
    }
}
