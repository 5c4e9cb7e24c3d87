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
        return new WeightsCard(preprocessing(spec, source), labels(spec, source));
    }

    private static Preprocessing preprocessing(ResNetSpec spec, WeightSource source) {
        Map<String, String> metadata = source.metadata();
        Normalization normalization = normalization(spec.input().scaling());
        if (metadata.containsKey("mean") || metadata.containsKey("std")) {
            normalization = Normalization.rgb(floats(source, "mean"), floats(source, "std"));
        }
        if (spec.input().cifar()) {
            return Preprocessing.cifar(normalization);
        }
        Preprocessing published = Preprocessing.IMAGENET;
        int size = spec.input().size();
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

    private static Labels labels(ResNetSpec spec, WeightSource source) {
        int classes = spec.classes();
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
        if (spec.input().cifar() && classes == CIFAR10.size()) {
            return CIFAR10;
        }
        boolean imageNet = spec.input().size() == InputSpec.IMAGENET.size() && classes == Variants.IMAGENET_CLASSES;
        return imageNet ? Labels.imageNet() : Labels.numbered(classes);
    }
}
