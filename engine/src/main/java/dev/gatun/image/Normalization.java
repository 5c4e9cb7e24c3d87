package dev.gatun.image;

import java.util.List;

/**
 * How an 8-bit sample becomes a float: {@code (sample / divisor - mean[c]) / std[c]}, each operation rounded to float32
 * as torchvision's ToTensor and Normalize do it.
 *
 * @param order the order in which channels are written
 * @param divisor what samples are divided by first
 * @param mean one for each channel, in the order written
 * @param std one for each channel, in the order written
 */
public record Normalization(ChannelOrder order, float divisor, List<Float> mean, List<Float> std) {
    private static final int LEVELS = 256;

    /** x / 255: torchvision's ToTensor alone. */
    public static final Normalization UNIT = rgb(List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));

    /** x / 255, then the mean and standard deviation of ImageNet (torchvision/transforms/_presets.py). */
    public static final Normalization IMAGENET = rgb(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));

    /** To [-1, 1]: keras/applications/imagenet_utils.py, mode "tf" (ResNet v2). */
    public static final Normalization MINUS_ONE_TO_ONE =
            new Normalization(ChannelOrder.RGB, 127.5f, List.of(1f, 1f, 1f), List.of(1f, 1f, 1f));

    /** BGR, 0 to 255, less ImageNet's mean: keras/applications/imagenet_utils.py, mode "caffe" (ResNet v1). */
    public static final Normalization CAFFE =
            new Normalization(ChannelOrder.BGR, 1f, List.of(103.939f, 116.779f, 123.68f), List.of(1f, 1f, 1f));

    /** Checks that there are three finite means, three positive deviations and a positive divisor. */
    public Normalization {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != RgbImage.CHANNELS || !mean.stream().allMatch(m -> Float.isFinite(m))) {
            throw new IllegalArgumentException("mean " + mean + ", expected 3 finite values");
        }
        if (std.size() != RgbImage.CHANNELS || !std.stream().allMatch(Normalization::isPositive)) {
            throw new IllegalArgumentException("std " + std + ", expected 3 positive values");
        }
        if (!isPositive(divisor)) {
            throw new IllegalArgumentException("divisor " + divisor + ", expected a positive value");
        }
    }

    /** {@code (x / 255 - mean) / std} in RGB order. */
    public static Normalization rgb(List<Float> mean, List<Float> std) {
        return new Normalization(ChannelOrder.RGB, 255f, mean, std);
    }

    private static boolean isPositive(float value) {
        return value > 0 && Float.isFinite(value);
    }

    /** The float of {@code sample} (0 to 255) in the channel written at {@code c}. */
    public float apply(int sample, int c) {
        return (sample / divisor - mean.get(c)) / std.get(c);
    }

    /** {@link #apply} of all 256 samples for each channel written, [3][256], in arrays of the caller's own. */
    public float[][] tables() {
        float[][] tables = new float[RgbImage.CHANNELS][LEVELS];
        for (int c = 0; c < RgbImage.CHANNELS; c++) {
            for (int sample = 0; sample < LEVELS; sample++) {
                tables[c][sample] = apply(sample, c);
            }
        }
        return tables;
    }

    @Override
    public String toString() {
        return "(" + order + " / " + divisor + " - " + mean + ") / " + std;
    }
}
