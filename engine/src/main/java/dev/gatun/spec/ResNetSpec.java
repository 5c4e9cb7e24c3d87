package dev.gatun.spec;

import java.util.ArrayList;
import java.util.List;

/**
 * A network of the family, as data. {@link dev.gatun.graph.GraphBuilder} makes it a graph.
 *
 * @param name as users write it, such as {@code resnet50}
 * @param input images it was designed for
 * @param stem before the first stage
 * @param block common to all stages
 * @param stages in order
 * @param head after the last stage
 * @param bias the convolutions that have one
 * @param batchNormEpsilon added to the variance; 1e-5 in torch
 */
public record ResNetSpec(
        String name,
        InputSpec input,
        StemSpec stem,
        BlockSpec block,
        List<StageSpec> stages,
        HeadSpec head,
        ConvBias bias,
        double batchNormEpsilon) {

    /** PyTorch's default epsilon of BatchNorm2d, which torchvision and the CIFAR networks keep. */
    public static final double TORCH_BATCH_NORM_EPSILON = 1e-5;

    /** Copies the stages and checks the numbers. */
    public ResNetSpec {
        stages = List.copyOf(stages);
        if (stages.isEmpty()) {
            throw new IllegalArgumentException(name + " has no stages");
        }
        if (!(batchNormEpsilon >= 0 && Double.isFinite(batchNormEpsilon))) {
            throw new IllegalArgumentException(
                    name + ": epsilon must be finite and not negative, found " + batchNormEpsilon);
        }
        int reduction = stages.stream().mapToInt(StageSpec::reduction).reduce(stem.reduction(), Math::multiplyExact);
        if (block.padding() == Padding.SAME && input.multiple() % reduction != 0) {
            throw new IllegalArgumentException(name + " pads as SAME and reduces images by " + reduction
                    + ", expected to take only multiples of that, found " + input.multiple());
        }
    }

    /** The same network with logits of another number of classes. */
    public ResNetSpec withClasses(int classes) {
        return withHead(
                head instanceof HeadSpec.Classes(int _, Activation activation)
                        ? new HeadSpec.Classes(classes, activation)
                        : HeadSpec.logits(classes));
    }

    /** The same network with another end. */
    public ResNetSpec withHead(HeadSpec head) {
        return new ResNetSpec(name, input, stem, block, stages, head, bias, batchNormEpsilon);
    }

    /** The same network under another name. */
    public ResNetSpec withName(String name) {
        return new ResNetSpec(name, input, stem, block, stages, head, bias, batchNormEpsilon);
    }

    /** The same network with another stem. */
    public ResNetSpec withStem(StemSpec stem) {
        return new ResNetSpec(name, input, stem, block, stages, head, bias, batchNormEpsilon);
    }

    /** The same network with samples scaled otherwise. */
    public ResNetSpec withScaling(InputScaling scaling) {
        return new ResNetSpec(name, input.withScaling(scaling), stem, block, stages, head, bias, batchNormEpsilon);
    }

    /** The same network with other blocks. */
    public ResNetSpec withBlock(BlockSpec block) {
        return new ResNetSpec(name, input, stem, block, stages, head, bias, batchNormEpsilon);
    }

    /**
     * The same network whose last map is smaller than the images by this only: the last stages have their strides replaced by dilation, as by
     * torchvision's {@code replace_stride_with_dilation} and timm's {@code output_stride}. It has the same parameters.
     *
     * @throws IllegalArgumentException if no stage ends with it
     */
    public ResNetSpec withOutputStride(int outputStride) {
        List<StageSpec> dilated = new ArrayList<>();
        int reached = stem.reduction();
        for (StageSpec stage : stages) {
            boolean further = reached * stage.stride() > outputStride;
            dilated.add(stage.withDilated(stage.stride() > 1 && further));
            reached = further ? reached : reached * stage.stride();
        }
        if (reached != outputStride) {
            throw new IllegalArgumentException(name + " cannot have output stride " + outputStride
                    + ": its stem reduces images by " + stem.reduction() + " and its stages by "
                    + stages.stream().map(StageSpec::stride).toList());
        }
        return new ResNetSpec(name, input, stem, block, dilated, head, bias, batchNormEpsilon);
    }

    /** Number of classes, 0 for a backbone. */
    public int classes() {
        return head instanceof HeadSpec.Classes(int classes, Activation _) ? classes : 0;
    }

    /**
     * Layers as the literature counts them: convolutions that are not on a shortcut, of which a stem is one, and the inner product; that is the
     * number in a variant's name.
     */
    public int depth() {
        int blocks = stages.stream().mapToInt(StageSpec::blocks).sum();
        return blocks * block.kind().convolutions() + 2;
    }

    /** What distinguishes it from others of its depth, in words: blocks, shortcuts, where it strides, and so on. */
    public List<String> options() {
        return Options.of(this);
    }

    /** Channels of the last feature map. */
    public int features() {
        return stages.getLast().outputWidth();
    }
}
