package dev.gatun.spec;

/** Which convolution of a bottleneck block carries the stride of a stage's first block. */
public enum StridePlacement {
    /** The first 1x1, as in He et al. 2016 ("v1"). */
    FIRST_1X1,
    /** The 3x3, as in torchvision and fb.resnet.torch ("v1.5"). */
    MIDDLE_3X3
}
