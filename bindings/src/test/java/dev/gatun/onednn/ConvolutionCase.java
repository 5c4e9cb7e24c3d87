package dev.gatun.onednn;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A convolution or pooling in two dimensions; ic and oc are those of one group.
 *
 * @param dilate oneDNN's: 0 is dense
 */
record ConvolutionCase(
        int mb,
        int g,
        int ic,
        int oc,
        int ih,
        int iw,
        int kh,
        int kw,
        int sh,
        int sw,
        int top,
        int left,
        int bottom,
        int right,
        int dilate) {
    static ConvolutionCase square(int mb, int g, int ic, int oc, int i, int k, int s, int p) {
        return new ConvolutionCase(mb, g, ic, oc, i, i, k, k, s, s, p, p, p, p, 0);
    }

    /** The shapes of ResNets, small, and the awkward ones. */
    static List<ConvolutionCase> all() {
        return List.of(
                square(1, 1, 3, 64, 33, 7, 2, 3), // stem
                square(2, 1, 64, 64, 9, 1, 1, 0), // bottleneck, first
                square(1, 1, 32, 48, 14, 3, 1, 1), // basic block
                square(1, 1, 64, 128, 14, 3, 2, 1), // v1.5 downsample
                square(1, 1, 64, 128, 15, 1, 2, 0), // shortcut, odd
                square(3, 1, 5, 7, 11, 3, 1, 1), // channels that fill no vector
                square(1, 4, 8, 8, 10, 3, 1, 1), // ResNeXt
                square(1, 4, 3, 5, 9, 3, 2, 1), // awkward groups
                square(1, 32, 1, 1, 13, 3, 1, 1), // depthwise
                square(2, 17, 1, 1, 9, 5, 2, 2), // depthwise, awkward
                new ConvolutionCase(1, 1, 16, 16, 13, 17, 3, 3, 1, 1, 2, 2, 2, 2, 1), // dilation
                new ConvolutionCase(1, 1, 3, 16, 31, 19, 7, 7, 2, 2, 2, 2, 3, 3, 0), // SAME padding
                new ConvolutionCase(2, 1, 16, 24, 7, 12, 1, 5, 1, 3, 0, 1, 0, 4, 0), // oblong everything
                new ConvolutionCase(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0),
                new ConvolutionCase(1, 1, 16, 16, 2, 2, 3, 3, 1, 1, 1, 1, 1, 1, 0)); // kernel larger than the image
    }

    int oh() {
        return (ih + top + bottom - ((kh - 1) * (dilate + 1) + 1)) / sh + 1;
    }

    int ow() {
        return (iw + left + right - ((kw - 1) * (dilate + 1) + 1)) / sw + 1;
    }

    long[] src() {
        return new long[] {mb, (long) g * ic, ih, iw};
    }

    long[] weights() {
        return g == 1 ? new long[] {oc, ic, kh, kw} : new long[] {g, oc, ic, kh, kw};
    }

    long[] bias() {
        return new long[] {(long) g * oc};
    }

    long[] dst() {
        return new long[] {mb, (long) g * oc, oh(), ow()};
    }

    long[] strides() {
        return new long[] {sh, sw};
    }

    long[] dilates() {
        return new long[] {dilate, dilate};
    }

    long[] padL() {
        return new long[] {top, left};
    }

    long[] padR() {
        return new long[] {bottom, right};
    }

    PrimitiveDesc desc(MemoryDesc src, MemoryDesc weights, @Nullable MemoryDesc bias, MemoryDesc dst, Attr attr) {
        return PrimitiveDesc.convolutionForward(
                Engine.cpu(),
                PropKind.FORWARD_INFERENCE,
                Algorithm.CONVOLUTION_DIRECT,
                src,
                weights,
                bias,
                dst,
                strides(),
                dilates(),
                padL(),
                padR(),
                attr);
    }
}
