package dev.gatun.onednn;

import static dev.gatun.onednn.gen.Dnnl.dnnl_a;
import static dev.gatun.onednn.gen.Dnnl.dnnl_ab;
import static dev.gatun.onednn.gen.Dnnl.dnnl_abc;
import static dev.gatun.onednn.gen.Dnnl.dnnl_abcd;
import static dev.gatun.onednn.gen.Dnnl.dnnl_abcde;
import static dev.gatun.onednn.gen.Dnnl.dnnl_acb;
import static dev.gatun.onednn.gen.Dnnl.dnnl_acdb;
import static dev.gatun.onednn.gen.Dnnl.dnnl_acdeb;
import static dev.gatun.onednn.gen.Dnnl.dnnl_ba;
import static dev.gatun.onednn.gen.Dnnl.dnnl_bcda;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cdba;
import static dev.gatun.onednn.gen.Dnnl.dnnl_chwn;
import static dev.gatun.onednn.gen.Dnnl.dnnl_cn;
import static dev.gatun.onednn.gen.Dnnl.dnnl_format_tag_any;
import static dev.gatun.onednn.gen.Dnnl.dnnl_gohwi;
import static dev.gatun.onednn.gen.Dnnl.dnnl_goihw;
import static dev.gatun.onednn.gen.Dnnl.dnnl_hwigo;
import static dev.gatun.onednn.gen.Dnnl.dnnl_hwio;
import static dev.gatun.onednn.gen.Dnnl.dnnl_io;
import static dev.gatun.onednn.gen.Dnnl.dnnl_nChw16c;
import static dev.gatun.onednn.gen.Dnnl.dnnl_nChw8c;
import static dev.gatun.onednn.gen.Dnnl.dnnl_nc;
import static dev.gatun.onednn.gen.Dnnl.dnnl_ncdhw;
import static dev.gatun.onednn.gen.Dnnl.dnnl_nchw;
import static dev.gatun.onednn.gen.Dnnl.dnnl_ncw;
import static dev.gatun.onednn.gen.Dnnl.dnnl_ndhwc;
import static dev.gatun.onednn.gen.Dnnl.dnnl_nhwc;
import static dev.gatun.onednn.gen.Dnnl.dnnl_nwc;
import static dev.gatun.onednn.gen.Dnnl.dnnl_ohwi;
import static dev.gatun.onednn.gen.Dnnl.dnnl_oi;
import static dev.gatun.onednn.gen.Dnnl.dnnl_oihw;
import static dev.gatun.onednn.gen.Dnnl.dnnl_oiw;
import static dev.gatun.onednn.gen.Dnnl.dnnl_owi;
import static dev.gatun.onednn.gen.Dnnl.dnnl_x;

/**
 * Memory layout of a tensor ({@code dnnl_format_tag_t}). The logical order of dimensions never changes (activations
 * are always mb, c, h, w; weights always [g,] o, i, h, w); a tag only tells where elements lie. Tags with the same
 * layout, such as {@link #NHWC} and {@link #ACDB}, make equal descriptors.
 */
public enum FormatTag {
    /** Left to the primitive to choose. */
    ANY(dnnl_format_tag_any(), 0),
    /** Plain, dimensions in the order a, outermost first. */
    A(dnnl_a(), 1),
    /** Plain, dimensions in the order ab, outermost first. */
    AB(dnnl_ab(), 2),
    /** Plain, dimensions in the order abc, outermost first. */
    ABC(dnnl_abc(), 3),
    /** Plain, dimensions in the order abcd, outermost first. */
    ABCD(dnnl_abcd(), 4),
    /** Plain, dimensions in the order abcde, outermost first. */
    ABCDE(dnnl_abcde(), 5),
    /** Plain, dimensions in the order ba, outermost first. */
    BA(dnnl_ba(), 2),
    /** Plain, dimensions in the order acb, outermost first. */
    ACB(dnnl_acb(), 3),
    /** Plain, dimensions in the order acdb, outermost first. */
    ACDB(dnnl_acdb(), 4),
    /** Plain, dimensions in the order acdeb, outermost first. */
    ACDEB(dnnl_acdeb(), 5),
    /** Plain, dimensions in the order bcda, outermost first. */
    BCDA(dnnl_bcda(), 4),
    /** Plain, dimensions in the order cdba, outermost first. */
    CDBA(dnnl_cdba(), 4),
    /** Plain bias, memory order x. */
    X(dnnl_x(), 1),
    /** Plain activations, memory order nc. */
    NC(dnnl_nc(), 2),
    /** Plain activations, memory order cn. */
    CN(dnnl_cn(), 2),
    /** Plain activations, memory order ncw. */
    NCW(dnnl_ncw(), 3),
    /** Plain activations, memory order nwc. */
    NWC(dnnl_nwc(), 3),
    /** Plain activations, memory order nchw. */
    NCHW(dnnl_nchw(), 4),
    /** Plain activations, memory order nhwc. */
    NHWC(dnnl_nhwc(), 4),
    /** Plain activations, memory order chwn. */
    CHWN(dnnl_chwn(), 4),
    /** Plain activations, memory order ncdhw. */
    NCDHW(dnnl_ncdhw(), 5),
    /** Plain activations, memory order ndhwc. */
    NDHWC(dnnl_ndhwc(), 5),
    /** Plain weights, memory order oi. */
    OI(dnnl_oi(), 2),
    /** Plain weights, memory order io. */
    IO(dnnl_io(), 2),
    /** Plain weights, memory order oiw. */
    OIW(dnnl_oiw(), 3),
    /** Plain weights, memory order owi. */
    OWI(dnnl_owi(), 3),
    /** Plain weights, memory order oihw. */
    OIHW(dnnl_oihw(), 4),
    /** Plain weights, memory order ohwi. */
    OHWI(dnnl_ohwi(), 4),
    /** Plain weights, memory order hwio. */
    HWIO(dnnl_hwio(), 4),
    /** Plain grouped weights, memory order goihw. */
    GOIHW(dnnl_goihw(), 5),
    /** Plain grouped weights, memory order gohwi. */
    GOHWI(dnnl_gohwi(), 5),
    /** Plain grouped weights, memory order hwigo. */
    HWIGO(dnnl_hwigo(), 5),
    /** Activations with channels in blocks of 8, oneDNN's nChw8c. */
    NCHW8C(dnnl_nChw8c(), 4),
    /** Activations with channels in blocks of 16, oneDNN's nChw16c. */
    NCHW16C(dnnl_nChw16c(), 4);

    private final int value;
    private final int rank;

    FormatTag(int value, int rank) {
        this.value = value;
        this.rank = rank;
    }

    /** {@return oneDNN's own value of this constant} */
    public int value() {
        return value;
    }

    /** {@return the number of dimensions this tag describes, 0 for {@link #ANY}} */
    public int rank() {
        return rank;
    }
}
