package dev.gatun.spec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * The table of variants by name.
 *
 * <ul>
 *   <li>ImageNet, He et al. 2016, table 1, and torchvision's resnet.py: {@code resnet50} has the stride in the 3x3 (v1.5), {@code
 *       resnet50-v1} in the first 1x1; {@code plain34} has no shortcuts, {@code resnet34-a} and {@code resnet34-c} have those of options A
 *       and C; {@code resnext50_32x4d} and {@code wide_resnet50_2} as in torchvision, {@code resnet50d} as in timm.
 *   <li>CIFAR, section 4.2, of any depth 6n + 2: {@code resnet20-cifar10}, {@code resnet56-cifar100}, {@code plain20-cifar10}, with
 *       option-A shortcuts, and {@code resnet20-cifar10-b} with option B.
 *   <li>Keras Applications: {@code resnet50-keras}, {@code resnet50v2-keras}; its CIFAR examples of any depth 6n + 2 (v1) and 9n + 2 (v2):
 *       {@code resnet20v1-keras-cifar10}; MLPerf-tiny: {@code resnet8-mlperf-tiny}. All put out logits.
 * </ul>
 */
public final class Variants {
    /** Classes of ILSVRC 2012. */
    public static final int IMAGENET_CLASSES = 1000;

    private static final Map<String, ResNetSpec> BY_NAME = table();

    private Variants() {}

    /** All variants that have a row, by name, in the order of the literature. */
    public static Map<String, ResNetSpec> all() {
        return BY_NAME;
    }

    /**
     * The variant of this name: one of {@link #all()}, or of another depth or option of these families.
     *
     * @throws IllegalArgumentException if there is none; the message lists the names there are
     */
    public static ResNetSpec named(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException("unknown model '" + name + "', expected one of "
                        + String.join(", ", BY_NAME.keySet()) + ", or a CIFAR network of another depth"));
    }

    /** The variant of this name, if there is one. */
    public static Optional<ResNetSpec> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name))
                .or(() -> ImageNetVariants.named(name))
                .or(() -> CifarVariants.named(name));
    }

    private static Map<String, ResNetSpec> table() {
        SequencedMap<String, ResNetSpec> byName = new LinkedHashMap<>();
        Stream.of(ImageNetVariants.all(), CifarVariants.all(), KerasVariants.all())
                .flatMap(List::stream)
                .forEach(spec -> byName.put(spec.name(), spec));
        return Collections.unmodifiableMap(byName);
    }
}
