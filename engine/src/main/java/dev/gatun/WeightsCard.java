package dev.gatun;

import dev.gatun.image.ChannelOrder;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.spec.InputScaling;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Variants;
import dev.gatun.weights.WeightSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a weights file says of how it wants to be used, and where it is silent what its family does.
 *
 * @param preprocessing of its images
 * @param labels of its classes
 */
record WeightsCard(Preprocessing preprocessing, Labels labels) {
    /** Of CIFAR-10, Krizhevsky 2009, in the order of the data set. */
    private static final Labels CIFAR10 = new Labels(
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"));

    static WeightsCard of(ResNetSpec spec, WeightSource source) {
        return of(spec.input(), spec.classes(), source);
    }

    static WeightsCard of(InputSpec input, int classes, WeightSource source) {
        return new WeightsCard(preprocessing(input, source), labels(input, classes, source));
    }

    private static Preprocessing preprocessing(InputSpec input, WeightSource source) {
        Map<String, String> metadata = source.metadata();
        Normalization normalization = normalization(input.scaling());
        if (metadata.containsKey("mean") || metadata.containsKey("std")) {
            float divisor =
                    metadata.containsKey("divisor") ? floats(source, "divisor").getFirst() : 255f;
            ChannelOrder order =
                    metadata.getOrDefault("channel_order", "RGB").equals("BGR") ? ChannelOrder.BGR : ChannelOrder.RGB;
            normalization = new Normalization(order, divisor, floats(source, "mean"), floats(source, "std"));
        }
        if (input.cifar()) {
            return Preprocessing.cifar(normalization);
        }
        Preprocessing published = Preprocessing.IMAGENET;
        int size = input.size();
        int resize = Math.round((float) size * published.resizeShorterSide() / published.cropHeight());
        return Preprocessing.square(resize, size, published.interpolation(), normalization);
    }

    private static Normalization normalization(InputScaling scaling) {
        return switch (scaling) {
            case IMAGENET -> Normalization.IMAGENET;
            case CAFFE -> Normalization.CAFFE;
            case MINUS_ONE_TO_ONE -> Normalization.MINUS_ONE_TO_ONE;
            case UNIT -> Normalization.UNIT;
            case RAW -> new Normalization(ChannelOrder.RGB, 1, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));
        };
    }

    private static List<Float> floats(WeightSource source, String key) {
        String text = source.metadata().getOrDefault(key, "");
        try {
            return Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .map(Float::valueOf)
                    .toList();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    source.origin() + ": metadata '" + key + "' is '" + text + "', expected numbers with commas", e);
        }
    }

    private static Labels labels(InputSpec input, int classes, WeightSource source) {
        if (classes == 0) {
            return new Labels(List.of());
        }
        String named = source.metadata().get("classes");
        if (named != null) {
            Labels labels = new Labels(
                    Arrays.stream(named.split(",", -1)).map(String::strip).toList());
            if (labels.size() != classes) {
                throw new IllegalArgumentException(
                        source.origin() + ": metadata 'classes' names " + labels.size() + ", expected " + classes);
            }
            return labels;
        }
        if (input.cifar() && classes == CIFAR10.size()) {
            return CIFAR10;
        }
        boolean imageNet = input.size() == InputSpec.IMAGENET.size() && classes == Variants.IMAGENET_CLASSES;
        return imageNet ? Labels.imageNet() : Labels.numbered(classes);
    }
}
