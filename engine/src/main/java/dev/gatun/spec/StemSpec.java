package dev.gatun.spec;

/**
 * What stands before the first stage: a convolution, batch normalisation and ReLU, and maybe a max pooling of 3x3, stride
 * 2, padding 1.
 *
 * @param width output channels
 * @param kernel side of the convolution's kernel, odd; it is padded by half of it
 * @param stride of the convolution
 * @param maxPool whether the pooling follows
 */
public record StemSpec(int width, int kernel, int stride, boolean maxPool) {
    /** Checks the numbers. */
    public StemSpec {
        if (width < 1 || stride < 1) {
            throw new IllegalArgumentException(
                    "the stem's width and stride must be positive, found " + width + " and " + stride);
        }
        if (kernel < 1 || kernel % 2 == 0) {
            throw new IllegalArgumentException("the stem's kernel must be odd, found " + kernel);
        }
    }

    /** 7x7 stride 2 and max pooling; He et al. 2016, table 1. */
    public static final StemSpec IMAGENET = new StemSpec(64, 7, 2, true);

    /** 3x3 stride 1; He et al. 2016, section 4.2. */
    public static final StemSpec CIFAR = new StemSpec(16, 3, 1, false);
}
