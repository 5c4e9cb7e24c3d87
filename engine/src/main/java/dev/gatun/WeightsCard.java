package dev.gatun;

import dev.gatun.image.ChannelOrder;
import dev.gatun.image.Interpolation;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.spec.Family;
import dev.gatun.spec.InputScaling;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Variants;
import dev.gatun.weights.NameMapping;
import dev.gatun.weights.WeightSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /** More are no photograph's. */
    private static final int MAX_PIXELS = 1 << 13;

    /** timm's resnet.py, {@code default_cfgs}: {@code input_size} and {@code crop_pct} of those that have others than the rest. */
    private static final Map<String, Integer> TIMM_UNCROPPED =
            Map.of("resnet101d", 256, "resnet152d", 256, "resnet200d", 256);

    static WeightsCard of(ResNetSpec spec, NameMapping mapping, WeightSource source) {
        return new WeightsCard(
                preprocessing(published(spec, mapping), source), labels(spec.input(), spec.classes(), source));
    }

    static WeightsCard of(InputSpec input, int classes, WeightSource source) {
        return new WeightsCard(preprocessing(published(input), source), labels(input, classes, source));
    }

    /** What weights with these names are published with. */
    private static Preprocessing published(ResNetSpec spec, NameMapping mapping) {
        Preprocessing usual = published(spec.input());
        boolean timm = Family.of(spec).equals(Optional.of(Family.TIMM));
        Integer uncropped = TIMM_UNCROPPED.get(spec.name());
        if (timm && uncropped != null) {
            return Preprocessing.square(uncropped, uncropped, Interpolation.BICUBIC, usual.normalization());
        }
        // preprocessor_config.json of microsoft/resnet-50: "crop_pct": 0.875, "resample": 3.
        return timm || mapping.title().equals(NameMapping.HUGGING_FACE.title())
                ? Preprocessing.square(
                        usual.resizeShorterSide(), usual.cropHeight(), Interpolation.BICUBIC, usual.normalization())
                : usual;
    }

    private static Preprocessing published(InputSpec input) {
        Normalization normalization = normalization(input.scaling());
        if (input.cifar()) {
            return Preprocessing.cifar(normalization);
        }
        Preprocessing usual = Preprocessing.IMAGENET;
        int size = input.size();
        int resize = Math.round((float) size * usual.resizeShorterSide() / usual.cropHeight());
        return Preprocessing.square(resize, size, usual.interpolation(), normalization);
    }

    /** What the file says, and of what it does not what {@code published} says. */
    private static Preprocessing preprocessing(Preprocessing published, WeightSource source) {
        Map<String, String> metadata = source.metadata();
        Normalization normalization = published.normalization();
        if (metadata.containsKey("mean") || metadata.containsKey("std")) {
            float divisor =
                    metadata.containsKey("divisor") ? floats(source, "divisor").getFirst() : 255f;
            ChannelOrder order =
                    metadata.getOrDefault("channel_order", "RGB").equals("BGR") ? ChannelOrder.BGR : ChannelOrder.RGB;
            normalization = new Normalization(order, divisor, floats(source, "mean"), floats(source, "std"));
        }
        return new Preprocessing(
                pixels(source, "resize", published.resizeShorterSide()),
                pixels(source, "crop", published.cropHeight()),
                pixels(source, "crop", published.cropWidth()),
                interpolation(source, published.interpolation()),
                normalization);
    }

    private static int pixels(WeightSource source, String key, int otherwise) {
        String text = source.metadata().get(key);
        if (text == null) {
            return otherwise;
        }
        try {
            int pixels = Integer.parseInt(text.strip());
            if (pixels >= InputSpec.MIN_SIZE && pixels <= MAX_PIXELS) {
                return pixels;
            }
        } catch (NumberFormatException e) {
            // told below, as a number out of range
        }
        throw new IllegalArgumentException(source.origin() + ": metadata '" + key + "' is '" + text
                + "', expected a number of " + InputSpec.MIN_SIZE + " to " + MAX_PIXELS);
    }

    private static Interpolation interpolation(WeightSource source, Interpolation otherwise) {
        String text = source.metadata().get("interpolation");
        if (text == null) {
            return otherwise;
        }
        return Arrays.stream(Interpolation.values())
                .filter(interpolation -> interpolation.name().equalsIgnoreCase(text.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(source.origin() + ": metadata 'interpolation' is '"
                        + text + "', expected one of " + Arrays.toString(Interpolation.values())));
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
