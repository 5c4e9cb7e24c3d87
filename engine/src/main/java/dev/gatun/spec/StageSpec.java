package dev.gatun.spec;

/**
 * A run of blocks at one resolution.
 *
 * @param blocks how many, at least 1
 * @param width the width of the stage: 64, 128, 256, 512 in the ImageNet networks, 16, 32, 64 in the CIFAR ones
 * @param stride of the first block
 */
public record StageSpec(int blocks, int width, int stride) {
    /** Checks the numbers. */
    public StageSpec {
        if (blocks < 1 || width < 1 || stride < 1) {
            throw new IllegalArgumentException(
                    "blocks, width and stride must be positive, found " + blocks + ", " + width + " and " + stride);
        }
    }
}
