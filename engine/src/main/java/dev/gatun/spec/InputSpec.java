package dev.gatun.spec;

/**
 * The images a network was designed for.
 *
 * @param channels of a pixel
 * @param size side of its training images, the default of what it is compiled for
 */
public record InputSpec(int channels, int size) {
    /** Checks the numbers. */
    public InputSpec {
        if (channels < 1 || size < 1) {
            throw new IllegalArgumentException(
                    "the input's channels and size must be positive, found " + channels + " and " + size);
        }
    }

    /** 224x224 RGB. */
    public static final InputSpec IMAGENET = new InputSpec(3, 224);

    /** 32x32 RGB. */
    public static final InputSpec CIFAR = new InputSpec(3, 32);

    /** The smallest side a network of the family takes: five halvings leave one pixel. */
    public static final int MIN_SIZE = 32;
}
