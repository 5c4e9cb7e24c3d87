package dev.gatun.spec;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where a variant comes from, which its name tells. */
public enum Family {
    /** Section 4.2 of the paper, of any depth 6n + 2. */
    CIFAR("He et al. 2016, CIFAR", "(resnet|plain)\\d+-cifar100?(-b)?"),
    /** {@code keras/examples/cifar10_resnet.py}. */
    KERAS_CIFAR("Keras CIFAR examples", "resnet\\d+v[12]-keras-cifar100?"),
    /** {@code mlcommons/tiny}. */
    MLPERF_TINY("MLPerf-tiny", "resnet\\d+-mlperf-tiny"),
    /** {@code keras/applications/resnet.py} and {@code resnet_v2.py}. */
    KERAS_APPLICATIONS("Keras Applications", "resnet\\d+(v2)?-keras"),
    /** timm's {@code resnet.py}. */
    TIMM("timm", "resnet\\d+d"),
    /** torchvision's {@code resnet.py}. */
    TORCHVISION("torchvision", "(resnet|resnext|wide_resnet)\\d+(_\\w+)?"),
    /** Table 1 and section 3.3 of the paper: the stride in the first 1x1, options A and C, and plain networks. */
    IMAGENET("He et al. 2016, ImageNet", "(resnet|plain)\\d+(-v1)?(-[ac])?");

    private final String title;
    private final Pattern names;

    Family(String title, String names) {
        this.title = title;
        this.names = Pattern.compile(names);
    }

    /** The family of a variant, if it is one of {@link Variants}. */
    public static Optional<Family> of(ResNetSpec spec) {
        return Arrays.stream(values())
                .filter(family -> family.names.matcher(spec.name()).matches())
                .findFirst();
    }

    /** Its title in the literature. */
    @Override
    public String toString() {
        return title;
    }
}
