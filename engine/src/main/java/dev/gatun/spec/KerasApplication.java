package dev.gatun.spec;

import java.util.Map;
import java.util.Optional;

/**
 * A network of Keras Applications with the options of its function, such as {@code keras.applications.ResNet50(include_top=False,
 * pooling="avg")}; {@link dev.gatun.ResNet#of} takes its {@link #spec()}. Of {@code weights}, {@code None} is {@link
 * dev.gatun.ResNet#randomWeights}, {@code "imagenet"} {@link dev.gatun.ResNet#publishedWeights}, and a path {@link
 * dev.gatun.ResNet#weights(java.nio.file.Path)}.
 *
 * @param function ResNet50, ResNet101, ResNet152, ResNet50V2, ResNet101V2 or ResNet152V2
 * @param includeTop whether it ends in classes; {@code include_top}
 * @param inputHeight of {@code input_shape}, at least 32; 224 with top
 * @param inputWidth of {@code input_shape}, at least 32; 224 with top
 * @param pooling of a network without top; {@code pooling}
 * @param classes of a network with top; {@code classes}
 * @param classifierActivation of a network with top; {@code classifier_activation}
 */
public record KerasApplication(
        String function,
        boolean includeTop,
        int inputHeight,
        int inputWidth,
        Pooling pooling,
        int classes,
        Activation classifierActivation) {
    private static final Map<String, String> VARIANTS = Map.of(
            "ResNet50", "resnet50-keras",
            "ResNet101", "resnet101-keras",
            "ResNet152", "resnet152-keras",
            "ResNet50V2", "resnet50v2-keras",
            "ResNet101V2", "resnet101v2-keras",
            "ResNet152V2", "resnet152v2-keras");

    /** What a network without top does to its last map. */
    public enum Pooling {
        /** Nothing: {@code None}. */
        NONE(Features.LAST_MAP),
        /** The mean over all pixels. */
        AVG(Features.AVERAGE),
        /** The greatest value of all pixels. */
        MAX(Features.MAXIMUM);

        private final Features features;

        Pooling(Features features) {
            this.features = features;
        }
    }

    /** Checks what Keras' {@code obtain_input_shape} and {@code ResNet} do. */
    public KerasApplication {
        if (!VARIANTS.containsKey(function)) {
            throw new IllegalArgumentException("Keras Applications have no '" + function + "', expected one of "
                    + VARIANTS.keySet().stream().sorted().toList());
        }
        int own = InputSpec.IMAGENET.size();
        if (inputHeight < InputSpec.MIN_SIZE || inputWidth < InputSpec.MIN_SIZE) {
            throw new IllegalArgumentException("input_shape is " + inputHeight + "x" + inputWidth
                    + ", expected at least " + InputSpec.MIN_SIZE + "x" + InputSpec.MIN_SIZE);
        }
        if (includeTop && (inputHeight != own || inputWidth != own)) {
            throw new IllegalArgumentException("input_shape is " + inputHeight + "x" + inputWidth + ", expected " + own
                    + "x" + own + " with include_top: it is free without top only");
        }
        if (classes < 1) {
            throw new IllegalArgumentException("classes is " + classes + ", expected at least 1");
        }
    }

    /** The function with Keras' defaults: with top, 1000 classes, softmax. */
    public static KerasApplication of(String function) {
        int own = InputSpec.IMAGENET.size();
        return new KerasApplication(
                function, true, own, own, Pooling.NONE, Variants.IMAGENET_CLASSES, Activation.SOFTMAX);
    }

    /** With classes or without; without them, {@link #withInputShape} and {@link #withPooling} count. */
    public KerasApplication withTop(boolean include) {
        return new KerasApplication(function, include, inputHeight, inputWidth, pooling, classes, classifierActivation);
    }

    /** With images of another size. */
    public KerasApplication withInputShape(int height, int width) {
        return new KerasApplication(function, includeTop, height, width, pooling, classes, classifierActivation);
    }

    /** With another pooling. */
    public KerasApplication withPooling(Pooling pooling) {
        return new KerasApplication(
                function, includeTop, inputHeight, inputWidth, pooling, classes, classifierActivation);
    }

    /** With another number of classes. */
    public KerasApplication withClasses(int classes) {
        return new KerasApplication(
                function, includeTop, inputHeight, inputWidth, pooling, classes, classifierActivation);
    }

    /** With another activation; {@link Activation#NONE} for logits. */
    public KerasApplication withClassifierActivation(Activation activation) {
        return new KerasApplication(function, includeTop, inputHeight, inputWidth, pooling, classes, activation);
    }

    /** The network. Images of its {@code input_shape} are a matter of {@link dev.gatun.CompileOptions#withSize}. */
    public ResNetSpec spec() {
        String variant = Optional.ofNullable(VARIANTS.get(function)).orElseThrow();
        return Variants.named(variant)
                .withHead(
                        includeTop
                                ? new HeadSpec.Classes(classes, classifierActivation)
                                : new HeadSpec.Backbone(pooling.features));
    }
}
