package dev.gatun.tiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.graph.Window;
import dev.gatun.natives.TileArguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TileGridTest {
    private static final int IMAGES = 2;

    static List<Arguments> problems() {
        List<Arguments> problems = new ArrayList<>();
        List<Window> windows = List.of(
                Window.square(1, 1, 0),
                Window.square(1, 2, 0),
                Window.same(3, 1),
                Window.same(3, 2),
                Window.same(3, 1).dilated(2),
                Window.tensorFlowSame(3, 2),
                new Window(5, 3, 1, 1, 1, 0, 3, 2, 1),
                new Window(7, 7, 3, 3, 2, 3, 4, 1, 1));
        int[][] sizes = {{7, 7}, {14, 14}, {20, 35}, {33, 16}, {5, 40}};
        for (Window window : windows) {
            for (int[] size : sizes) {
                for (PixelLayout layout : List.of(
                        PixelLayout.plain(size[0], size[1]),
                        PixelLayout.framed(size[0], size[1], window),
                        PixelLayout.sorted(size[0], size[1], window))) {
                    problems.add(Arguments.of(layout, window));
                }
            }
        }
        for (int[] size : sizes) {
            problems.add(
                    Arguments.of(PixelLayout.sorted(size[0], size[1], Window.square(1, 2, 0)), Window.square(1, 1, 0)));
        }
        return problems;
    }

    private static int results(int size, int before, int after, int kernel, int stride, int dilation) {
        return (size + before + after - (kernel - 1) * dilation - 1) / stride + 1;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("problems")
    void everyResultIsComputedOnceFromTheRightPixels(PixelLayout src, Window window) {
        int oh = results(
                src.height(),
                window.padTop(),
                window.padBottom(),
                window.kernelH(),
                window.strideH(),
                window.dilation());
        int ow = results(
                src.width(),
                window.padLeft(),
                window.padRight(),
                window.kernelW(),
                window.strideW(),
                window.dilation());
        TileGrid grid = TileGrid.of(src, IMAGES, window, oh, ow, false).orElse(null);
        if (grid == null) {
            assertThat(src.frames(window)).isFalse();
            return;
        }
        Set<Integer> results = new HashSet<>();
        for (int tile = 0; tile < grid.tiles().length; tile++) {
            for (int row = 0; row < TileArguments.ROWS; row++) {
                int first = grid.tiles()[tile] + row * grid.pixelStride();
                if (row < grid.height()) {
                    for (int tap : grid.taps()) {
                        assertThat(first + tap).isBetween(0, IMAGES * src.pixels() - 1);
                    }
                }
                int result = grid.rows()[tile * TileArguments.ROWS + row];
                if (result >= 0) {
                    assertThat(row).isLessThan(grid.height());
                    assertThat(results.add(result)).isTrue();
                    requirePixels(src, window, grid, first, result, oh, ow);
                }
            }
        }
        assertThat(results).hasSize(IMAGES * oh * ow).allMatch(result -> result < IMAGES * oh * ow);
    }

    private static void requirePixels(
            PixelLayout src, Window window, TileGrid grid, int first, int result, int oh, int ow) {
        int image = result / (oh * ow);
        int y = result / ow % oh;
        int x = result % ow;
        Set<Integer> border = new HashSet<>();
        Arrays.stream(src.border()).forEach(border::add);
        for (int tap = 0; tap < grid.taps().length; tap++) {
            int sy = y * window.strideH() + tap / window.kernelW() * window.dilation() - window.padTop();
            int sx = x * window.strideW() + tap % window.kernelW() * window.dilation() - window.padLeft();
            int at = first + grid.taps()[tap] - image * src.pixels();
            if (sy < 0 || sx < 0 || sy >= src.height() || sx >= src.width()) {
                assertThat(border).as("tap %s of result %s", tap, result).contains(at);
            } else {
                assertThat(at).as("tap %s of result %s", tap, result).isEqualTo(src.index(sy, sx));
            }
        }
    }

    @Test
    void resultsOfATileFollowItsFirst() {
        Window two = Window.square(1, 2, 0);
        for (PixelLayout layout : List.of(PixelLayout.plain(14, 14), PixelLayout.sorted(14, 14, two))) {
            TileGrid grid = TileGrid.of(layout, IMAGES, two, 7, 7, false).orElseThrow();
            int[] first = grid.firstResults();
            for (int tile = 0; tile < first.length; tile++) {
                assertThat(first[tile]).isBetween(0, IMAGES * 49 - grid.height());
                for (int row = 0; row < grid.height(); row++) {
                    assertThat(grid.rows()[tile * TileArguments.ROWS + row]).isIn(-1, first[tile] + row);
                }
            }
        }
        TileGrid bordered = TileGrid.of(
                        PixelLayout.framed(20, 35, Window.same(3, 1)), 1, Window.same(3, 1), 20, 35, false)
                .orElseThrow();
        assertThatThrownBy(bordered::firstResults).hasMessageContaining("are not neighbours");
    }

    @Test
    void thePlainLayoutIsRowByRow() {
        PixelLayout plain = PixelLayout.plain(3, 5);
        assertThat(plain.isPlain()).isTrue();
        assertThat(plain.pixels()).isEqualTo(15);
        assertThat(plain.index(2, 4)).isEqualTo(14);
        assertThat(plain.border()).isEmpty();
    }

    @Test
    void rowsShareTheirBorder() {
        PixelLayout framed = PixelLayout.framed(7, 7, Window.same(3, 1));
        assertThat(framed.index(1, 0) - framed.index(0, 6)).isEqualTo(2);
        assertThat(framed.border()).hasSize(framed.pixels() - 49).doesNotContain(framed.index(3, 3));
    }

    @Test
    void onePixelWindowsReadAnyOrder() {
        PixelLayout sorted = PixelLayout.sorted(14, 14, Window.square(1, 2, 0));
        assertThat(TileGrid.of(sorted, 1, Window.square(1, 1, 0), 14, 14, false))
                .isPresent();
        assertThat(TileGrid.cycles(sorted, 1, Window.square(1, 2, 0), 7, 7, false)
                        .orElseThrow())
                .isLessThan(TileGrid.cycles(PixelLayout.plain(14, 14), 1, Window.square(1, 2, 0), 7, 7, false)
                        .orElseThrow());
        assertThat(TileGrid.of(sorted, 1, Window.same(3, 1), 14, 14, false)).isEmpty();
    }

    @Test
    void tilesAreAsTallAsTheirNumberAllows() {
        // 196 results: 14 tiles of 14, not 13 of 16 and one that repeats.
        TileGrid grid = TileGrid.of(PixelLayout.plain(14, 14), 1, Window.square(1, 1, 0), 14, 14, false)
                .orElseThrow();
        assertThat(grid.height()).isEqualTo(14);
        assertThat(grid.pairs()).isEqualTo(7);
    }

    @Test
    void rowTapsReadNeighboursAtOnce() {
        TileGrid grid = TileGrid.of(PixelLayout.plain(230, 230), 1, Window.square(7, 2, 0), 112, 112, true)
                .orElseThrow();
        assertThat(grid.taps()).hasSize(7);
        assertThat(grid.taps()[1]).isEqualTo(230);
        assertThat(grid.pixelStride()).isEqualTo(2);
        assertThat(grid.height()).isEqualTo(16);
    }
}
