package dev.gatun.spec;

/** The residual block of a network; He et al. 2016, figure 5. */
public enum BlockKind {
    /** Two 3x3 convolutions. */
    BASIC(1, 2),
    /** 1x1, 3x3 and 1x1 convolutions, the last of which widens by four. */
    BOTTLENECK(4, 3);

    private final int expansion;
    private final int convolutions;

    BlockKind(int expansion, int convolutions) {
        this.expansion = expansion;
        this.convolutions = convolutions;
    }

    /** Convolutions of the block, without that of its shortcut. */
    public int convolutions() {
        return convolutions;
    }

    /** Output channels of the block over the width of its stage. */
    public int expansion() {
        return expansion;
    }
}
