package dev.gatun.spec;

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
 * @param batchNormEpsilon added to the variance; 1e-5 in torch
 */
public record ResNetSpec(
        String name,
        InputSpec input,
        StemSpec stem,
        BlockSpec block,
        List<StageSpec> stages,
        HeadSpec head,
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
    }

    /** The same network with another number of classes. */
    public ResNetSpec withClasses(int classes) {
        return new ResNetSpec(name, input, stem, block, stages, new HeadSpec(classes), batchNormEpsilon);
    }

    /** Channels of the last feature map. */
    public int features() {
        return block.outputWidth(stages.getLast().width());
    }
}
