package dev.gatun.spec;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Networks for CIFAR: those of He et al. 2016, section 4.2, of any depth, and what Keras' examples and MLPerf-tiny made of them. */
final class CifarVariants {
    /** n of depth 6n + 2; table 6 of the paper. */
    private static final List<Integer> RESIDUAL = List.of(3, 5, 7, 9, 18, 200);

    /** n of depth 6n + 2; figure 6 of the paper. */
    private static final List<Integer> PLAIN = List.of(3, 5, 7, 9);

    private static final List<String> KERAS =
            List.of("resnet20v1-keras-cifar10", "resnet20v2-keras-cifar10", "resnet29v2-keras-cifar10");

    private static final String MLPERF_TINY = "resnet8-mlperf-tiny";

    private static final Pattern PAPER_NAME = Pattern.compile("(resnet|plain)(\\d+)-cifar(100?)(-b)?");
    private static final Pattern KERAS_NAME = Pattern.compile("resnet(\\d+)v([12])-keras-cifar(100?)");

    private static final InputSpec SAME_PADDED = InputSpec.CIFAR.withMultiple(4).withScaling(InputScaling.UNIT);

    /** Keras' default of BatchNormalization. */
    private static final double KERAS_EPSILON = 1e-3;

    /** No network of the literature is deeper than 1202. */
    private static final int MAX_DEPTH = 9999;

    private CifarVariants() {}

    /** Those that are listed. */
    static List<ResNetSpec> all() {
        return Stream.of(
                        RESIDUAL.stream().map(n -> "resnet" + (6 * n + 2) + "-cifar10"),
                        RESIDUAL.stream().limit(5).map(n -> "resnet" + (6 * n + 2) + "-cifar100"),
                        PLAIN.stream().map(n -> "plain" + (6 * n + 2) + "-cifar10"),
                        Stream.of("resnet20-cifar10-b", "resnet56-cifar10-b"),
                        KERAS.stream(),
                        Stream.of(MLPERF_TINY))
                .flatMap(names -> names)
                .map(name -> named(name).orElseThrow())
                .toList();
    }

    /** The network of any depth that fits the pattern of its family. */
    static Optional<ResNetSpec> named(String name) {
        if (name.equals(MLPERF_TINY)) {
            return Optional.of(mlperfTiny());
        }
        Matcher paper = PAPER_NAME.matcher(name);
        if (paper.matches()) {
            Shortcut residual = paper.group(4) == null ? Shortcut.ZERO_PAD : Shortcut.PROJECTION;
            Shortcut shortcut = group(paper, 1).equals("plain") ? Shortcut.NONE : residual;
            boolean known = shortcut != Shortcut.NONE || paper.group(4) == null;
            int classes = Integer.parseInt(group(paper, 3));
            return blocks(group(paper, 2), 6).filter(_ -> known).map(n -> paper(name, n, shortcut, classes));
        }
        Matcher keras = KERAS_NAME.matcher(name);
        if (keras.matches()) {
            boolean first = group(keras, 2).equals("1");
            int classes = Integer.parseInt(group(keras, 3));
            return blocks(group(keras, 1), first ? 6 : 9)
                    .map(n -> first ? kerasV1(name, n, classes) : kerasV2(name, n, classes));
        }
        return Optional.empty();
    }

    /** n, if a depth is n times so many layers and 2. */
    private static Optional<Integer> blocks(String digits, int layers) {
        int depth = digits.length() <= 4 ? Integer.parseInt(digits) : MAX_DEPTH + 1;
        boolean fits = depth <= MAX_DEPTH && depth > 2 && (depth - 2) % layers == 0;
        return fits ? Optional.of((depth - 2) / layers) : Optional.empty();
    }

    private static String group(Matcher matcher, int group) {
        return Objects.requireNonNull(matcher.group(group));
    }

    private static ResNetSpec paper(String name, int n, Shortcut shortcut, int classes) {
        return new ResNetSpec(
                name,
                InputSpec.CIFAR,
                StemSpec.CIFAR,
                BlockSpec.dense(BlockKind.BASIC, shortcut),
                stages(n),
                HeadSpec.logits(classes),
                ConvBias.NONE,
                ResNetSpec.TORCH_BATCH_NORM_EPSILON);
    }

    /** keras/examples/cifar10_resnet.py, {@code resnet_v1}. */
    private static ResNetSpec kerasV1(String name, int n, int classes) {
        return new ResNetSpec(
                name,
                SAME_PADDED,
                StemSpec.CIFAR,
                BlockSpec.dense(BlockKind.BASIC, Shortcut.PROJECTION)
                        .withProjection(Projection.BARE)
                        .withPadding(Padding.SAME),
                stages(n),
                HeadSpec.logits(classes),
                ConvBias.ALL,
                KERAS_EPSILON);
    }

    /** keras/examples/cifar10_resnet.py, {@code resnet_v2}: the first stage widens by four, the others by two. */
    private static ResNetSpec kerasV2(String name, int n, int classes) {
        BlockKind kind = BlockKind.BOTTLENECK;
        return new ResNetSpec(
                name,
                SAME_PADDED,
                StemSpec.CIFAR,
                BlockSpec.dense(kind, Shortcut.PROJECTION)
                        .withPreactivation()
                        .withStridePlacement(StridePlacement.FIRST_1X1)
                        .withProjection(Projection.BARE)
                        .withPadding(Padding.SAME),
                List.of(
                        StageSpec.of(kind, n, 16, 1),
                        StageSpec.of(kind, n, 64, 2).withOutputWidth(128),
                        StageSpec.of(kind, n, 128, 2).withOutputWidth(256)),
                HeadSpec.logits(classes),
                ConvBias.ALL,
                KERAS_EPSILON);
    }

    /** mlcommons/tiny, benchmark/training/image_classification/keras_model.py, {@code resnet_v1_eembc}. */
    private static ResNetSpec mlperfTiny() {
        return kerasV1(MLPERF_TINY, 1, 10).withScaling(InputScaling.RAW);
    }

    private static List<StageSpec> stages(int n) {
        return ImageNetVariants.stages(
                BlockKind.BASIC, IntStream.range(0, 3).mapToObj(_ -> n).toList(), StemSpec.CIFAR.width());
    }
}
