package dev.gatun.image;

import dev.gatun.spec.InputFormat;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Carries out a {@link Preprocessing}: image in, a network's src out, written straight into the caller's segment.
 *
 * <p>An instance keeps its weights and buffers for the next image and belongs to one thread at a time. Segments may be
 * native or on the heap, need no alignment, and are written only inside the image's own bytes, and only after their
 * bounds have been checked.
 */
public final class Preprocessor {
    private final Preprocessing preprocessing;
    private final Resampler resampler = new Resampler();
    private final TensorWriter writer;
    private byte[] cropped = new byte[0];

    /** A preprocessor without buffers yet. */
    public Preprocessor(Preprocessing preprocessing) {
        this.preprocessing = preprocessing;
        this.writer = new TensorWriter(preprocessing.normalization());
    }

    /** What it carries out. */
    public Preprocessing preprocessing() {
        return preprocessing;
    }

    /** The image resized and cropped, every byte as Pillow and torchvision give it. */
    public RgbImage resizeAndCrop(RgbImage image) {
        int width = preprocessing.outputWidth(image.width(), image.height());
        int height = preprocessing.outputHeight(image.width(), image.height());
        byte[] rgb = new byte[RgbImage.byteSize(width, height)];
        resizeAndCrop(image, width, height, rgb);
        return new RgbImage(width, height, rgb);
    }

    /**
     * The crops of the resized image, each as {@link #resizeAndCrop} gives the centre; written with {@link #write}.
     *
     * @throws IllegalArgumentException if several are asked for and there is no crop, or the resized image is smaller than it
     */
    public List<RgbImage> crops(RgbImage image, Crops crops) {
        RgbImage centre = resizeAndCrop(image);
        if (crops == Crops.ONE) {
            return List.of(centre);
        }
        int resizedWidth = preprocessing.resizedExtent(image.width(), image.height());
        int resizedHeight = preprocessing.resizedExtent(image.height(), image.width());
        int right = resizedWidth - preprocessing.cropWidth();
        int bottom = resizedHeight - preprocessing.cropHeight();
        if (preprocessing.cropHeight() == 0 || right < 0 || bottom < 0) {
            throw new IllegalArgumentException("ten crops of " + preprocessing.cropWidth() + "x"
                    + preprocessing.cropHeight() + " of an image of " + resizedWidth + "x" + resizedHeight
                    + ", expected crops that it has room for");
        }
        RgbImage whole = resampler.resize(image, resizedWidth, resizedHeight, preprocessing.interpolation());
        List<RgbImage> views = new ArrayList<>(List.of(
                cut(whole, 0, 0), cut(whole, right, 0), cut(whole, 0, bottom), cut(whole, right, bottom), centre));
        views.addAll(views.stream().map(RgbImage::mirrored).toList());
        return views;
    }

    private RgbImage cut(RgbImage whole, int left, int top) {
        int width = preprocessing.cropWidth();
        int height = preprocessing.cropHeight();
        byte[] rgb = new byte[RgbImage.byteSize(width, height)];
        for (int y = 0; y < height; y++) {
            System.arraycopy(
                    whole.rgb(),
                    ((top + y) * whole.width() + left) * RgbImage.CHANNELS,
                    rgb,
                    y * width * RgbImage.CHANNELS,
                    width * RgbImage.CHANNELS);
        }
        return new RgbImage(width, height, rgb);
    }

    /**
     * Resizes, crops and writes an image.
     *
     * @param dst what is written to
     * @param byteOffset where the image starts in it; image {@code n} of a batch starts at {@code n} times
     *     its bytes
     * @throws IndexOutOfBoundsException if the image does not fit {@code dst} at that offset; nothing is written then
     * @throws IllegalArgumentException if {@code dst} is read-only
     */
    public void apply(RgbImage image, InputFormat format, MemorySegment dst, long byteOffset) {
        int width = preprocessing.outputWidth(image.width(), image.height());
        int height = preprocessing.outputHeight(image.width(), image.height());
        TensorWriter.check(width, height, format, dst, byteOffset);
        int bytes = RgbImage.byteSize(width, height);
        if (cropped.length < bytes) {
            cropped = new byte[bytes];
        }
        resizeAndCrop(image, width, height, cropped);
        writer.write(cropped, width, height, format, dst, byteOffset);
    }

    /**
     * Writes an image as it is, neither resized nor cropped: the second half of {@link #apply}.
     *
     * @throws IndexOutOfBoundsException if the image does not fit {@code dst} at that offset; nothing is written then
     * @throws IllegalArgumentException if {@code dst} is read-only
     */
    public void write(RgbImage image, InputFormat format, MemorySegment dst, long byteOffset) {
        TensorWriter.check(image.width(), image.height(), format, dst, byteOffset);
        writer.write(image.rgb(), image.width(), image.height(), format, dst, byteOffset);
    }

    private void resizeAndCrop(RgbImage image, int width, int height, byte[] to) {
        int resizedWidth = preprocessing.resizedExtent(image.width(), image.height());
        int resizedHeight = preprocessing.resizedExtent(image.height(), image.width());
        int left = Preprocessing.cropStart(resizedWidth, width);
        int top = Preprocessing.cropStart(resizedHeight, height);
        Region region = new Region(
                Math.max(left, 0), Math.max(top, 0), Math.min(width, resizedWidth), Math.min(height, resizedHeight));
        int stride = width * RgbImage.CHANNELS;
        if (region.width() < width || region.height() < height) {
            Arrays.fill(to, 0, height * stride, (byte) 0);
        }
        int at = Math.max(-top, 0) * stride + Math.max(-left, 0) * RgbImage.CHANNELS;
        resampler.resize(image, resizedWidth, resizedHeight, preprocessing.interpolation(), region, to, at, stride);
    }
}
