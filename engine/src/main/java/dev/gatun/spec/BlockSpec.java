package dev.gatun.spec;

/**
 * What the blocks of all stages have in common.
 *
 * @param kind basic or bottleneck
 * @param stridePlacement where a bottleneck's stride is; a basic block has it in its first 3x3 either way
 * @param shortcut how the input joins the output
 * @param groups groups of the bottleneck's 3x3 (ResNeXt's cardinality), 1 for dense
 * @param baseWidth channels of the bottleneck's 3x3 per group, for a stage of width 64 (torchvision's {@code width_per_group})
 */
public record BlockSpec(BlockKind kind, StridePlacement stridePlacement, Shortcut shortcut, int groups, int baseWidth) {
    /** The reference width that {@code baseWidth} is relative to; torchvision resnet.py, {@code Bottleneck}. */
    private static final int REFERENCE_WIDTH = 64;

    /** Checks the numbers. */
    public BlockSpec {
        if (groups < 1 || baseWidth < 1) {
            throw new IllegalArgumentException(
                    "groups and base width must be positive, found " + groups + " and " + baseWidth);
        }
        if (kind == BlockKind.BASIC && (groups != 1 || baseWidth != REFERENCE_WIDTH)) {
            throw new IllegalArgumentException("a basic block has groups 1 and base width 64, found " + groups + " and "
                    + baseWidth + "; only bottleneck blocks can differ");
        }
    }

    /** Dense blocks of this kind, with torchvision's stride placement. */
    public static BlockSpec dense(BlockKind kind, Shortcut shortcut) {
        return new BlockSpec(kind, StridePlacement.MIDDLE_3X3, shortcut, 1, REFERENCE_WIDTH);
    }

    /** The same blocks with the stride elsewhere. */
    public BlockSpec withStridePlacement(StridePlacement placement) {
        return new BlockSpec(kind, placement, shortcut, groups, baseWidth);
    }

    /** Channels inside a block of a stage of this width. */
    public int innerWidth(int stageWidth) {
        return kind == BlockKind.BASIC ? stageWidth : stageWidth * baseWidth / REFERENCE_WIDTH * groups;
    }

    /** Channels that a block of a stage of this width puts out. */
    public int outputWidth(int stageWidth) {
        return stageWidth * kind.expansion();
    }
}
