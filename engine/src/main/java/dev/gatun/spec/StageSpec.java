package dev.gatun.spec;

/**
 * A run of blocks of one width.
 *
 * @param blocks how many, at least 1
 * @param width the width of the stage: 64, 128, 256, 512 in the ImageNet networks, 16, 32, 64 in the CIFAR ones
 * @param outputWidth channels that its blocks put out
 * @param stride of one block
 * @param strided the block that has it
 * @param dilated whether the stride is replaced by dilation of what follows; torchvision's {@code replace_stride_with_dilation}
 */
public record StageSpec(int blocks, int width, int outputWidth, int stride, StridedBlock strided, boolean dilated) {
    /** Checks the numbers. */
    public StageSpec {
        if (blocks < 1 || width < 1 || outputWidth < 1 || stride < 1) {
            throw new IllegalArgumentException("blocks, widths and stride must be positive, found " + blocks + ", "
                    + width + ", " + outputWidth + " and " + stride);
        }
    }

    /** A stage whose first block strides and whose blocks widen as their kind does. */
    public static StageSpec of(BlockKind kind, int blocks, int width, int stride) {
        return new StageSpec(blocks, width, width * kind.expansion(), stride, StridedBlock.FIRST, false);
    }

    /** The same stage, whose blocks put out this many channels. */
    public StageSpec withOutputWidth(int outputWidth) {
        return new StageSpec(blocks, width, outputWidth, stride, strided, dilated);
    }

    /** The same stage with the stride elsewhere. */
    public StageSpec withStrided(StridedBlock strided) {
        return new StageSpec(blocks, width, outputWidth, stride, strided, dilated);
    }

    /** The same stage with its stride replaced by dilation, or not. */
    public StageSpec withDilated(boolean dilated) {
        return new StageSpec(blocks, width, outputWidth, stride, strided, dilated);
    }

    /** How much smaller its output is than its input. */
    public int reduction() {
        return dilated ? 1 : stride;
    }

    /** Whether the block of this index has the stride. */
    public boolean strides(int block) {
        return block == (strided == StridedBlock.FIRST ? 0 : blocks - 1);
    }
}
