package dev.gatun.tiles;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.gatun.natives.WinogradArguments;
import java.lang.foreign.MemorySegment;

/**
 * Transforms weights [oc, ic, 3, 3] to 6x6, {@code GgG'}, in double precision, and brings them into the order in which they are
 * multiplied: {@code [oc / 32][36][ic][32]}. Immutable; thread-safe.
 *
 * @param oc output channels, a multiple of 32
 * @param ic input channels
 */
public record WinogradPacking(int oc, int ic) {
    private static final int KERNEL = 3;

    /**
     * The kernel's polynomial at 0, at plus and minus the roots of 1/2 and of 2, and its leading coefficient; each over the product of the point's
     * distances to the others. With these points, of which one pair is the other's reciprocal, B and A have no number beyond 2.9.
     */
    private static final double[][] G = g(Math.sqrt(0.5), Math.sqrt(2));

    private static double[][] g(double near, double far) {
        double nearDistances = -1.5;
        double farDistances = 6;
        return new double[][] {
            {1, 0, 0},
            {1 / nearDistances, near / nearDistances, near * near / nearDistances},
            {1 / nearDistances, -near / nearDistances, near * near / nearDistances},
            {1 / farDistances, far / farDistances, far * far / farDistances},
            {1 / farDistances, -far / farDistances, far * far / farDistances},
            {0, 0, 1}
        };
    }

    /** Of 32 output channels. */
    public int panels() {
        return oc / WinogradArguments.PANEL;
    }

    /** Of all weights, transformed. */
    public long bytes() {
        return (long) WinogradArguments.PIXELS * oc * ic * Float.BYTES;
    }

    /** Transforms and packs. */
    public void pack(float[] weights, MemorySegment packed) {
        double[] square = new double[WinogradArguments.PIXELS];
        for (int o = 0; o < oc; o++) {
            for (int i = 0; i < ic; i++) {
                transform(weights, (o * ic + i) * KERNEL * KERNEL, square);
                for (int matrix = 0; matrix < square.length; matrix++) {
                    long row = ((long) o / WinogradArguments.PANEL * square.length + matrix) * ic + i;
                    packed.setAtIndex(JAVA_FLOAT, row * WinogradArguments.PANEL + o % WinogradArguments.PANEL, (float)
                            square[matrix]);
                }
            }
        }
    }

    private static void transform(float[] weights, int from, double[] square) {
        double[] column = new double[KERNEL];
        for (int y = 0; y < G.length; y++) {
            for (int x = 0; x < KERNEL; x++) {
                column[x] = dot(G[y], weights[from + x], weights[from + KERNEL + x], weights[from + 2 * KERNEL + x]);
            }
            for (int x = 0; x < G.length; x++) {
                square[y * G.length + x] = dot(G[x], column[0], column[1], column[2]);
            }
        }
    }

    private static double dot(double[] row, double a, double b, double c) {
        return row[0] * a + row[1] * b + row[2] * c;
    }
}
