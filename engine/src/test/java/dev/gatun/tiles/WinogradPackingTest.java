package dev.gatun.tiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class WinogradPackingTest {
    /** The points' own definition: a kernel's polynomial in both directions, over the products of distances. */
    private static double expected(float[] kernel, int yPoint, int xPoint) {
        double[] points = {0, Math.sqrt(0.5), -Math.sqrt(0.5), Math.sqrt(2), -Math.sqrt(2)};
        double sum = 0;
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 3; x++) {
                sum += kernel[y * 3 + x] * power(points, yPoint, y) * power(points, xPoint, x);
            }
        }
        return sum;
    }

    private static double power(double[] points, int point, int exponent) {
        if (point == points.length) {
            return exponent == 2 ? 1 : 0;
        }
        double distances = 1;
        for (int other = 0; other < points.length; other++) {
            distances *= other == point ? 1 : points[point] - points[other];
        }
        return Math.pow(points[point], exponent) / distances;
    }

    @Test
    void weightsAreWhereTheirMatrixAndChannelsAre() {
        WinogradPacking packing = new WinogradPacking(64, 5);
        float[] weights = new float[64 * 5 * 9];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) Math.sin(i);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment packed = arena.allocate(packing.bytes());
            packing.pack(weights, packed);
            for (int o : new int[] {0, 31, 32, 63}) {
                for (int i = 0; i < 5; i++) {
                    float[] kernel = Arrays.copyOfRange(weights, (o * 5 + i) * 9, (o * 5 + i + 1) * 9);
                    for (int matrix = 0; matrix < 36; matrix++) {
                        long at = ((o / 32 * 36L + matrix) * 5 + i) * 32 + o % 32;
                        assertThat((double) packed.getAtIndex(ValueLayout.JAVA_FLOAT, at))
                                .isEqualTo(expected(kernel, matrix / 6, matrix % 6), Offset.offset(1e-6));
                    }
                }
            }
        }
        assertThat(packing.panels()).isEqualTo(2);
    }
}
