package dev.gatun.tiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.graph.Window;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WinogradGridTest {
    @Test
    void takesDense3x3WithStride1() {
        assertThat(WinogradGrid.fits(Window.same(3, 1))).isTrue();
        assertThat(WinogradGrid.fits(new Window(3, 3, 1, 1, 0, 2, 1, 0, 1))).isTrue();
        assertThat(WinogradGrid.fits(Window.same(3, 2))).isFalse();
        assertThat(WinogradGrid.fits(Window.square(1, 1, 0))).isFalse();
        assertThat(WinogradGrid.fits(Window.same(5, 1))).isFalse();
        assertThat(WinogradGrid.fits(Window.same(3, 1).dilated(2))).isFalse();
        assertThat(WinogradGrid.fits(new Window(3, 1, 1, 1, 1, 0, 1, 0, 1))).isFalse();
        assertThat(WinogradGrid.fits(new Window(3, 3, 1, 2, 1, 1, 1, 1, 1))).isFalse();
    }

    @Test
    void everyResultIsInOneTile() {
        WinogradGrid grid = WinogradGrid.of(new Window(3, 3, 1, 1, 2, 0, 0, 1, 1), 3, 9, 12, 9, 11);
        assertThat(grid.tiles()).isEqualTo(3 * 3 * 3);
        int[] results = grid.results();
        assertThat(Arrays.stream(results).filter(result -> result >= 0).sorted().toArray())
                .containsExactly(IntStream.range(0, 3 * 9 * 11).toArray());
        assertThat(results).hasSize(grid.tiles() * 16);
    }

    @Test
    void everyResultHasItsPixels() {
        int top = 2;
        int left = 1;
        WinogradGrid grid = WinogradGrid.of(new Window(3, 3, 1, 1, top, left, 0, 0, 1), 2, 7, 6, 7, 5);
        int[] pixels = grid.pixels();
        int[] results = grid.results();
        assertThat(pixels).hasSize(grid.tiles() * 36);
        for (int i = 0; i < results.length; i++) {
            if (results[i] >= 0) {
                int image = results[i] / 35;
                int y = results[i] % 35 / 5;
                int x = results[i] % 5;
                for (int tap = 0; tap < 9; tap++) {
                    int py = y + tap / 3 - top;
                    int px = x + tap % 3 - left;
                    boolean there = py >= 0 && py < 7 && px >= 0 && px < 6;
                    int inTile = (i % 16 / 4 + tap / 3) * 6 + i % 4 + tap % 3;
                    assertThat(pixels[i / 16 * 36 + inTile]).isEqualTo(there ? (image * 7 + py) * 6 + px : -1);
                }
            }
        }
    }
}
