package dev.gatun;

import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
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
        return new WeightsCard(preprocessing(spec, source), labels(spec, source.metadata()));
    }

    private static Preprocessing preprocessing(ResNetSpec spec, WeightSource source) {
        Map<String, String> metadata = source.metadata();
        // Checkpoints without metadata are torch's, and those were trained with ImageNet's statistics, the CIFAR ones
        // too.
        Normalization normalization = Normalization.IMAGENET;
        if (metadata.containsKey("mean") && metadata.containsKey("std")) {
            normalization = Normalization.rgb(floats(source, "mean"), floats(source, "std"));
        }
        return spec.input().equals(InputSpec.CIFAR)
                ? Preprocessing.cifar(normalization)
                : Preprocessing.square(
                        Preprocessing.IMAGENET.resizeShorterSide(),
                        spec.input().size(),
                        Preprocessing.IMAGENET.interpolation(),
                        normalization);
    }

    private static List<Float> floats(WeightSource source, String key) {
        String text = source.metadata().getOrDefault(key, "");
        try {
            return Arrays.stream(text.split(","))
                    .map(String::strip)
                    .map(Float::valueOf)
                    .toList();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    source.origin() + ": metadata '" + key + "' is '" + text + "', expected numbers with commas", e);
        }
    }

    private static Labels labels(ResNetSpec spec, Map<String, String> metadata) {
        int classes = spec.head().classes();
        String named = metadata.get("classes");
        if (named != null && named.split(",").length == classes) {
            return new Labels(Arrays.stream(named.split(",")).map(String::strip).toList());
        }
        if (spec.input().equals(InputSpec.CIFAR) && classes == CIFAR10.size()) {
            return CIFAR10;
        }
        boolean imageNet = spec.input().equals(InputSpec.IMAGENET) && classes == Variants.IMAGENET_CLASSES;
        return imageNet ? Labels.imageNet() : Labels.numbered(classes);
    }
}
