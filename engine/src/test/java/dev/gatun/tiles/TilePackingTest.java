package dev.gatun.tiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.natives.TileArguments;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TilePackingTest {
    /** Where the weight is that tile code multiplies by a byte of a tap's pixel for an output channel. */
    private static long at(TilePacking packing, int oc, int step, int inStep) {
        long panelStep = (long) oc / TileArguments.PANEL * packing.steps() + step;
        long tile = panelStep * 2 + oc % 32 / 16;
        return tile * 1024 + inStep / 4 * 64L + oc % 16 * 4L + inStep % 4;
    }

    @Test
    void everyByteIsWhereItsTapAndChannelAre() {
        TilePacking packing = new TilePacking(64, 128, 3, 2, false, 1);
        byte[] weights = new byte[64 * 128 * 6];
        new SplittableRandom(1).nextBytes(weights);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment packed = arena.allocate(packing.bytes());
            packing.pack(weights, packed);
            assertThat(packing.bytes()).isEqualTo(weights.length);
            for (int oc = 0; oc < 64; oc++) {
                for (int ic = 0; ic < 128; ic++) {
                    for (int tap = 0; tap < 6; tap++) {
                        byte found = packed.get(ValueLayout.JAVA_BYTE, at(packing, oc, tap * 2 + ic / 64, ic % 64));
                        assertThat(found).isEqualTo(weights[(oc * 128 + ic) * 6 + tap]);
                    }
                }
            }
        }
    }

    /** 256 bytes of channels go through all taps before the 128 that are left. */
    @Test
    void channelsGoThroughAllTapsInGroups() {
        TilePacking packing = new TilePacking(32, 192, 3, 3, false, 2);
        assertThat(packing.taps()).isEqualTo(9);
        assertThat(packing.tapSteps()).isEqualTo(6);
        int step = 0;
        for (int tap = 0; tap < 9; tap++) {
            for (int block = 0; block < 4; block++) {
                assertThat(packing.step(tap, block)).isEqualTo(step++);
            }
        }
        for (int tap = 0; tap < 9; tap++) {
            for (int block = 4; block < 6; block++) {
                assertThat(packing.step(tap, block)).isEqualTo(step++);
            }
        }
        assertThat(step).isEqualTo(packing.steps());
    }

    @Test
    void tapsOfARowFollowEachOtherAndTheRestIsZero() {
        TilePacking packing = new TilePacking(32, 4, 7, 7, true, 1);
        byte[] weights = new byte[32 * 4 * 49];
        Arrays.fill(weights, (byte) 3);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment packed = arena.allocate(packing.bytes());
            packing.pack(weights, packed);
            assertThat(packing.steps()).isEqualTo(7);
            for (int oc = 0; oc < 32; oc++) {
                for (int i = 0; i < 64; i++) {
                    assertThat(packed.get(ValueLayout.JAVA_BYTE, at(packing, oc, 6, i)))
                            .isEqualTo((byte) (i < 28 ? 3 : 0));
                }
            }
        }
    }

    @Test
    void leavesRoomForStepsOfOthers() {
        TilePacking packing = new TilePacking(64, 64, 1, 1, false, 2);
        float[] weights = new float[64 * 64];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i - 2048;
        }
        int others = 3;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment alone = arena.allocate(packing.bytes());
            packing.pack(weights, alone);
            long panel = packing.bytes() / packing.panels();
            long apart = panel + others * (long) TileArguments.STEP_BYTES;
            MemorySegment shared = arena.allocate(packing.panels() * apart);
            packing.pack(weights, shared, others);
            for (int i = 0; i < packing.panels(); i++) {
                assertThat(shared.asSlice(i * apart, panel).mismatch(alone.asSlice(i * panel, panel)))
                        .isEqualTo(-1);
                assertThat(shared.asSlice(i * apart + panel, apart - panel).toArray(ValueLayout.JAVA_BYTE))
                        .containsOnly(0);
            }
        }
    }

    @Test
    void roundsToTheNearestBf16AndTiesToEven() {
        TilePacking packing = new TilePacking(32, 32, 1, 1, false, 2);
        float[] weights = new float[32 * 32];
        weights[0] = 1 + 0x1p-8f; // half way, even below
        weights[1] = 1 + 3 * 0x1p-8f; // half way, even above
        weights[2] = Float.NaN;
        weights[3] = Float.intBitsToFloat(0x7f800001);
        weights[4] = -Float.MAX_VALUE;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment packed = arena.allocate(packing.bytes());
            packing.pack(weights, packed);
            float[] expected = {1, 1 + 0x1p-6f, Float.NaN, Float.NaN, Float.NEGATIVE_INFINITY};
            for (int i = 0; i < expected.length; i++) {
                short bits = packed.get(ValueLayout.JAVA_SHORT, at(packing, 0, 0, 2 * i));
                assertThat(Float.intBitsToFloat(bits << 16)).isEqualTo(Float.valueOf(expected[i]));
            }
        }
    }
}
