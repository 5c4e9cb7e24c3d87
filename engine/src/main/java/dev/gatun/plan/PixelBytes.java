package dev.gatun.plan;

import dev.gatun.natives.TileArguments;
import dev.gatun.tiles.PixelLayout;
import dev.gatun.tiles.TilePacking;

/**
 * Where the pixels of a value and their channels lie, in bytes from where the value starts.
 *
 * @param layout of an image; images follow each other
 * @param pixel bytes from a pixel to the next
 * @param plane bytes from 64 bytes of a pixel's channels to the next
 */
record PixelBytes(PixelLayout layout, int pixel, int plane) {
    /** @param pixelBytes of all channels */
    static PixelBytes of(PixelLayout layout, int pixelBytes, long images) {
        return layout.blocked()
                ? new PixelBytes(
                        layout,
                        TileArguments.ROW_BYTES,
                        Math.toIntExact(images * layout.pixels() * TileArguments.ROW_BYTES))
                : new PixelBytes(layout, pixelBytes, TileArguments.ROW_BYTES);
    }

    /** Of pixels as the layout counts them. */
    int[] positions(int[] positions) {
        return Offsets.scaled(positions, pixel);
    }

    /** Of pixels of all images, counted row by row; negative numbers stay. */
    int[] pixels(int[] pixels) {
        int[] placed = new int[pixels.length];
        int perImage = layout.height() * layout.width();
        for (int i = 0; i < pixels.length; i++) {
            int inImage = pixels[i] % perImage;
            placed[i] = pixels[i] < 0
                    ? pixels[i]
                    : pixels[i] / perImage * layout.pixels()
                            + layout.index(inImage / layout.width(), inImage % layout.width());
        }
        return positions(placed);
    }

    /** Of the borders of so many images. */
    int[] borders(int images) {
        int[] one = layout.border();
        int[] all = new int[images * one.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = i / one.length * layout.pixels() + one[i % one.length];
        }
        return positions(all);
    }

    /** The same again for each further 64 bytes of channels. */
    int[] inBlocks(int[] bytes, int blocks) {
        int[] all = new int[blocks * bytes.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = bytes[i % bytes.length] + i / bytes.length * plane;
        }
        return all;
    }

    /** From the first pixel of a tile to what each step of a convolution reads. */
    int[] steps(int[] taps, TilePacking packing) {
        int[] steps = new int[packing.steps()];
        for (int tap = 0; tap < taps.length; tap++) {
            for (int block = 0; block < packing.tapSteps(); block++) {
                steps[packing.step(tap, block)] = taps[tap] * pixel + block * plane;
            }
        }
        return steps;
    }

    /** What is read also where nobody wants a result: something. */
    static int[] existing(int[] offsets) {
        int[] existing = offsets.clone();
        for (int i = 0; i < existing.length; i++) {
            existing[i] = Math.max(existing[i], 0);
        }
        return existing;
    }
}
