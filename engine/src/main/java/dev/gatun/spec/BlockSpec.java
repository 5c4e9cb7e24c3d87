package dev.gatun.spec;

/**
 * What the blocks of all stages have in common.
 *
 * @param kind basic or bottleneck
 * @param preactivation whether batch normalisation and ReLU precede each convolution ("v2"; He et al. 2016b, "Identity mappings"), rather than
 *     follow it; the block then ends with the addition, and the network with one more of both
 * @param stridePlacement where a bottleneck's stride is; a basic block has it in its first 3x3 either way
 * @param shortcut how the input joins the output
 * @param projection what changes dimensions on the shortcut
 * @param groups groups of the bottleneck's 3x3 (ResNeXt's cardinality), 1 for dense
 * @param baseWidth channels of the bottleneck's 3x3 per group, for a stage of width 64 (torchvision's {@code width_per_group})
 * @param padding of the 3x3
 */
public record BlockSpec(
        BlockKind kind,
        boolean preactivation,
        StridePlacement stridePlacement,
        Shortcut shortcut,
        Projection projection,
        int groups,
        int baseWidth,
        Padding padding) {
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
        if (projection == Projection.PREACTIVATED && !preactivation) {
            throw new IllegalArgumentException("a preactivated projection needs preactivation blocks");
        }
    }

    /** Dense blocks of this kind, with torchvision's stride placement. */
    public static BlockSpec dense(BlockKind kind, Shortcut shortcut) {
        return new BlockSpec(
                kind,
                false,
                StridePlacement.MIDDLE_3X3,
                shortcut,
                Projection.NORMALIZED,
                1,
                REFERENCE_WIDTH,
                Padding.SYMMETRIC);
    }

    /** The same blocks with the stride elsewhere. */
    public BlockSpec withStridePlacement(StridePlacement placement) {
        return new BlockSpec(kind, preactivation, placement, shortcut, projection, groups, baseWidth, padding);
    }

    /** The same blocks with another shortcut. */
    public BlockSpec withShortcut(Shortcut shortcut) {
        return new BlockSpec(kind, preactivation, stridePlacement, shortcut, projection, groups, baseWidth, padding);
    }

    /** The same blocks with another projection. */
    public BlockSpec withProjection(Projection projection) {
        return new BlockSpec(kind, preactivation, stridePlacement, shortcut, projection, groups, baseWidth, padding);
    }

    /** The same blocks with batch normalisation and ReLU before each convolution. */
    public BlockSpec withPreactivation() {
        return new BlockSpec(kind, true, stridePlacement, shortcut, projection, groups, baseWidth, padding);
    }

    /** The same blocks with other groups. */
    public BlockSpec withGroups(int groups, int baseWidth) {
        return new BlockSpec(kind, preactivation, stridePlacement, shortcut, projection, groups, baseWidth, padding);
    }

    /** The same blocks padded otherwise. */
    public BlockSpec withPadding(Padding padding) {
        return new BlockSpec(kind, preactivation, stridePlacement, shortcut, projection, groups, baseWidth, padding);
    }

    /** Channels inside a block of a stage of this width. */
    public int innerWidth(int stageWidth) {
        return kind == BlockKind.BASIC ? stageWidth : stageWidth * baseWidth / REFERENCE_WIDTH * groups;
    }
}
