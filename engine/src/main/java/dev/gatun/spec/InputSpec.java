package dev.gatun.spec;

/**
 * The images a network was designed for.
 *
 * @param channels of a pixel
 * @param size side of its training images, the default of what it is compiled for
 * @param multiple height and width must be multiples of this, mostly 1
 * @param scaling of its samples
 */
public record InputSpec(int channels, int size, int multiple, InputScaling scaling) {
    /** 224x224 RGB. */
    public static final InputSpec IMAGENET = new InputSpec(3, 224);

    /** 32x32 RGB. */
    public static final InputSpec CIFAR = new InputSpec(3, 32);

    /** The smallest side a network of the family takes: five halvings leave one pixel. */
    public static final int MIN_SIZE = 32;

    /** Checks the numbers. */
    public InputSpec {
        if (channels < 1 || size < 1) {
            throw new IllegalArgumentException(
                    "the input's channels and size must be positive, found " + channels + " and " + size);
        }
        if (multiple < 1 || size % multiple != 0) {
            throw new IllegalArgumentException(
                    "the input's size must be a multiple of a positive number, found " + size + " and " + multiple);
        }
    }

    /** Images of any size, scaled as torchvision does. */
    public InputSpec(int channels, int size) {
        this(channels, size, 1, InputScaling.IMAGENET);
    }

    /** The same images with other samples. */
    public InputSpec withScaling(InputScaling scaling) {
        return new InputSpec(channels, size, multiple, scaling);
    }

    /** The same images, but only of sides that are multiples of this. */
    public InputSpec withMultiple(int multiple) {
        return new InputSpec(channels, size, multiple, scaling);
    }

    /** Whether these are images of CIFAR's size. */
    public boolean cifar() {
        return size == CIFAR.size;
    }

    /**
     * Checks images that a network is to be compiled for.
     *
     * @throws IllegalArgumentException if it does not take them
     */
    public void require(int height, int width) {
        if (height % multiple != 0 || width % multiple != 0) {
            throw new IllegalArgumentException("images are " + height + "x" + width + ", expected multiples of "
                    + multiple + ": the network's SAME padding is another for other sizes");
        }
    }
}
