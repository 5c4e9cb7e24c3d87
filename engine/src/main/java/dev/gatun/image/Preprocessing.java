package dev.gatun.image;

/**
 * What was done to the images a set of weights was trained or measured with: torchvision's Resize, CenterCrop, ToTensor
 * and Normalize. It belongs to the weights, not to the architecture.
 *
 * @param resizeShorterSide what the shorter side is resized to, the longer one in proportion and rounded down; 0 leaves
 *     the size
 * @param cropHeight rows of the centre crop, 0 for none; an image with fewer is padded with black
 * @param cropWidth columns of the centre crop, 0 for none exactly where {@code cropHeight} is
 * @param interpolation how it is resized
 * @param normalization how samples become floats
 */
public record Preprocessing(
        int resizeShorterSide,
        int cropHeight,
        int cropWidth,
        Interpolation interpolation,
        Normalization normalization) {
    /** Resize 256 bilinear, crop 224, ImageNet's mean and deviation: torchvision's V1 weights of every ResNet. */
    public static final Preprocessing IMAGENET = square(256, 224, Interpolation.BILINEAR, Normalization.IMAGENET);

    /** Resize 232 bilinear, crop 224: torchvision's IMAGENET1K_V2 weights (torchvision/models/resnet.py). */
    public static final Preprocessing IMAGENET_V2 = square(232, 224, Interpolation.BILINEAR, Normalization.IMAGENET);

    private static final int CIFAR_SIDE = 32;

    /** Checks that no extent is negative and that a crop has both. */
    public Preprocessing {
        if (resizeShorterSide < 0) {
            throw new IllegalArgumentException("resizeShorterSide " + resizeShorterSide + ", expected at least 0");
        }
        if (cropHeight < 0 || cropWidth < 0 || (cropHeight == 0) != (cropWidth == 0)) {
            throw new IllegalArgumentException(
                    "crop of " + cropWidth + "x" + cropHeight + ", expected at least 1x1, or 0x0 for none");
        }
        if (cropHeight > 0) {
            RgbImage.byteSize(cropWidth, cropHeight);
        }
    }

    /** A resize of the shorter side and a square crop. */
    public static Preprocessing square(
            int resizeShorterSide, int crop, Interpolation interpolation, Normalization normalization) {
        return new Preprocessing(resizeShorterSide, crop, crop, interpolation, normalization);
    }

    /** 32x32 images as they are; others with the shorter side resized to 32, then the centre. */
    public static Preprocessing cifar(Normalization normalization) {
        return square(CIFAR_SIDE, CIFAR_SIDE, Interpolation.BILINEAR, normalization);
    }

    /** Images at their own size, only normalised. */
    public static Preprocessing none(Normalization normalization) {
        return square(0, 0, Interpolation.BILINEAR, normalization);
    }

    /**
     * The same part of an image in other pixels: the crop has this side, and the resize is in proportion, rounded.
     *
     * @throws IllegalArgumentException if the crop is not square, such as when there is none
     */
    public Preprocessing withCrop(int side) {
        if (cropHeight == 0 || cropHeight != cropWidth) {
            throw new IllegalArgumentException(
                    "crop of " + cropWidth + "x" + cropHeight + ", expected a square one to be made " + side);
        }
        return square(Math.round((float) side * resizeShorterSide / cropHeight), side, interpolation, normalization);
    }

    /** The same part of an image at the same size, with other floats for its samples. */
    public Preprocessing withNormalization(Normalization normalization) {
        return new Preprocessing(resizeShorterSide, cropHeight, cropWidth, interpolation, normalization);
    }

    /** The width of what comes out for an image of these extents: the crop's, or the resized image's without one. */
    public int outputWidth(int imageWidth, int imageHeight) {
        return cropWidth > 0 ? cropWidth : resizedExtent(imageWidth, imageHeight);
    }

    /** The height of what comes out for an image of these extents: the crop's, or the resized image's without one. */
    public int outputHeight(int imageWidth, int imageHeight) {
        return cropHeight > 0 ? cropHeight : resizedExtent(imageHeight, imageWidth);
    }

    /**
     * The extent of a side after the resize: torchvision's _compute_resized_output_size (transforms/functional.py).
     *
     * @throws IllegalArgumentException if it is more than an int holds
     */
    int resizedExtent(int side, int otherSide) {
        if (resizeShorterSide == 0) {
            return side;
        }
        if (side <= otherSide) {
            return resizeShorterSide;
        }
        long extent = (long) resizeShorterSide * side / otherSide;
        if (extent > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("side of " + side + " would be resized to " + extent);
        }
        return (int) extent;
    }

    /**
     * Where a crop starts in a side of the resized image: torchvision's center_crop (transforms/functional.py), which
     * rounds halves to even, and pads the lesser half before a side that is too short; negative by that padding.
     */
    static int cropStart(int side, int crop) {
        return side < crop ? -((crop - side) / 2) : (int) Math.rint((side - crop) / 2.0);
    }
}
