package dev.gatun.cli;

import dev.gatun.BundledModel;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.weights.WeightsCache;
import dev.gatun.weights.WeightsCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Weights that need no file of the user's.
 *
 * @param name as {@code --model} takes it
 * @param top1 accuracy as published, in percent
 * @param where they are
 */
record KnownWeights(String name, double top1, Where where) {
    /** On the 10,000 test images, in percent; the bundled model's card. */
    private static final double BUNDLED_TOP1 = 91.34;

    /** The bundled model's, from its card. */
    static final PublishedErrors BUNDLED = new PublishedErrors(100 - BUNDLED_TOP1, OptionalDouble.empty());

    /** Where weights are. */
    enum Where {
        /** In gatun itself. */
        BUNDLED,
        /** In the cache. */
        CACHED,
        /** On the net. */
        DOWNLOAD;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is known for a variant. */
    static List<KnownWeights> of(String variant) {
        List<KnownWeights> known = new ArrayList<>();
        if (variant.equals(BundledModel.NAME)) {
            known.add(new KnownWeights(variant, BUNDLED_TOP1, Where.BUNDLED));
        }
        WeightsCache cache = WeightsCache.ofUser();
        WeightsCatalog.entries().stream()
                .filter(entry -> entry.model().equals(variant))
                .map(entry -> new KnownWeights(
                        entry.name(), entry.top1(), cache.holds(entry) ? Where.CACHED : Where.DOWNLOAD))
                .forEach(known::add);
        return known;
    }

    /** What a variant was designed for. */
    static String dataSet(ResNetSpec spec) {
        return spec.input().cifar() ? "CIFAR-" + spec.classes() : "ImageNet";
    }
}
