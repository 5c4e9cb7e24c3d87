package dev.gatun.spec;

import java.util.List;

/**
 * What stands before the first stage: convolutions, each with batch normalisation and ReLU, and maybe a pooling.
 *
 * @param widths output channels of each convolution
 * @param kernel side of the convolutions' kernel, odd; they are padded by half of it
 * @param stride of the first convolution
 * @param activated whether batch normalisation and ReLU follow the last convolution as well
 * @param pool at the end
 */
public record StemSpec(List<Integer> widths, int kernel, int stride, boolean activated, StemPool pool) {
    /** 7x7 stride 2 and max pooling; He et al. 2016, table 1. */
    public static final StemSpec IMAGENET = new StemSpec(64, 7, 2, StemPool.MAX);

    /** 3x3 stride 1; He et al. 2016, section 4.2. */
    public static final StemSpec CIFAR = new StemSpec(16, 3, 1, StemPool.NONE);

    /** Three 3x3 for one 7x7; He, T. et al. 2019, "Bag of tricks", figure 2c, and timm's {@code stem_type="deep"}. */
    public static final StemSpec DEEP = new StemSpec(List.of(32, 32, 64), 3, 2, true, StemPool.MAX);

    /** Copies the widths and checks the numbers. */
    public StemSpec {
        widths = List.copyOf(widths);
        if (widths.isEmpty() || widths.stream().anyMatch(width -> width < 1) || stride < 1) {
            throw new IllegalArgumentException(
                    "the stem's widths and stride must be positive, found " + widths + " and " + stride);
        }
        if (kernel < 1 || kernel % 2 == 0) {
            throw new IllegalArgumentException("the stem's kernel must be odd, found " + kernel);
        }
    }

    /** One convolution with batch normalisation and ReLU. */
    public StemSpec(int width, int kernel, int stride, StemPool pool) {
        this(List.of(width), kernel, stride, true, pool);
    }

    /** Channels of its output. */
    public int width() {
        return widths.getLast();
    }

    /** How much smaller its output is than the images. */
    public int reduction() {
        return pool == StemPool.NONE ? stride : 2 * stride;
    }
}
