package dev.gatun.onednn;

import java.util.function.DoubleBinaryOperator;

/** Naive operators in double precision, by definition; tensors in logical row-major order. */
final class Reference {
    private Reference() {}

    /** src [mb, g*ic, ih, iw], weights [g, oc, ic, kh, kw], bias [g*oc] or empty; oc and ic are those of one group. */
    static double[] convolution(ConvolutionCase c, double[] src, double[] weights, double[] bias) {
        double[] dst = new double[c.mb() * c.g() * c.oc() * c.oh() * c.ow()];
        int at = 0;
        for (int n = 0; n < c.mb(); n++) {
            for (int g = 0; g < c.g(); g++) {
                for (int oc = 0; oc < c.oc(); oc++) {
                    for (int oh = 0; oh < c.oh(); oh++) {
                        for (int ow = 0; ow < c.ow(); ow++) {
                            double sum = bias.length == 0 ? 0 : bias[g * c.oc() + oc];
                            for (int ic = 0; ic < c.ic(); ic++) {
                                for (int kh = 0; kh < c.kh(); kh++) {
                                    for (int kw = 0; kw < c.kw(); kw++) {
                                        int ih = oh * c.sh() - c.top() + kh * (c.dilate() + 1);
                                        int iw = ow * c.sw() - c.left() + kw * (c.dilate() + 1);
                                        if (ih < 0 || ih >= c.ih() || iw < 0 || iw >= c.iw()) {
                                            continue;
                                        }
                                        int s = ((n * c.g() + g) * c.ic() + ic) * c.ih() * c.iw() + ih * c.iw() + iw;
                                        int w = (((g * c.oc() + oc) * c.ic() + ic) * c.kh() + kh) * c.kw() + kw;
                                        sum += src[s] * weights[w];
                                    }
                                }
                            }
                            dst[at++] = sum;
                        }
                    }
                }
            }
        }
        return dst;
    }

    /** src [m, k], weights [k, n], bias [n] or empty. */
    static double[] matmul(int m, int k, int n, double[] src, double[] weights, double[] bias) {
        double[] dst = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = bias.length == 0 ? 0 : bias[j];
                for (int l = 0; l < k; l++) {
                    sum += src[i * k + l] * weights[l * n + j];
                }
                dst[i * n + j] = sum;
            }
        }
        return dst;
    }

    static double[] transpose(int rows, int columns, double[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = values[i * columns + j];
            }
        }
        return result;
    }

    /** Pooling of planes [ih, iw] with the window of a case; its ic, oc and g are not used. */
    static double[] pooling(ConvolutionCase c, Algorithm algorithm, int planes, double[] src) {
        double[] dst = new double[planes * c.oh() * c.ow()];
        int at = 0;
        for (int p = 0; p < planes; p++) {
            for (int oh = 0; oh < c.oh(); oh++) {
                for (int ow = 0; ow < c.ow(); ow++) {
                    double max = Double.NEGATIVE_INFINITY;
                    double sum = 0;
                    int inside = 0;
                    for (int kh = 0; kh < c.kh(); kh++) {
                        for (int kw = 0; kw < c.kw(); kw++) {
                            int ih = oh * c.sh() - c.top() + kh * (c.dilate() + 1);
                            int iw = ow * c.sw() - c.left() + kw * (c.dilate() + 1);
                            if (ih < 0 || ih >= c.ih() || iw < 0 || iw >= c.iw()) {
                                continue;
                            }
                            double value = src[(p * c.ih() + ih) * c.iw() + iw];
                            max = Math.max(max, value);
                            sum += value;
                            inside++;
                        }
                    }
                    dst[at++] = switch (algorithm) {
                        case POOLING_MAX -> max;
                        case POOLING_AVG_INCLUDE_PADDING -> sum / (c.kh() * c.kw());
                        default -> sum / inside;
                    };
                }
            }
        }
        return dst;
    }

    /** Folds src [outer, axis, inner] along its axis. */
    static double[] fold(int outer, int axis, int inner, double[] src, double start, DoubleBinaryOperator f) {
        double[] dst = new double[outer * inner];
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                double value = start;
                for (int a = 0; a < axis; a++) {
                    value = f.applyAsDouble(value, src[(o * axis + a) * inner + i]);
                }
                dst[o * inner + i] = value;
            }
        }
        return dst;
    }

    /** Softmax of src [outer, axis, inner] along its axis. */
    static double[] softmax(int outer, int axis, int inner, double[] src) {
        double[] max = fold(outer, axis, inner, src, Double.NEGATIVE_INFINITY, Math::max);
        double[] dst = new double[src.length];
        for (int i = 0; i < src.length; i++) {
            dst[i] = Math.exp(src[i] - max[i / (axis * inner) * inner + i % inner]);
        }
        double[] sum = fold(outer, axis, inner, dst, 0, Double::sum);
        for (int i = 0; i < src.length; i++) {
            dst[i] /= sum[i / (axis * inner) * inner + i % inner];
        }
        return dst;
    }

    /** Resampling of planes [ih, iw] to [oh, ow], pixel centres at half coordinates. */
    static double[] resampling(Algorithm algorithm, int planes, int ih, int iw, int oh, int ow, double[] src) {
        double[] dst = new double[planes * oh * ow];
        for (int p = 0; p < planes; p++) {
            for (int y = 0; y < oh; y++) {
                for (int x = 0; x < ow; x++) {
                    double sy = (y + 0.5) * ih / oh - 0.5;
                    double sx = (x + 0.5) * iw / ow - 0.5;
                    double value;
                    if (algorithm == Algorithm.RESAMPLING_NEAREST) {
                        value = at(src, p, ih, iw, (int) Math.round(sy), (int) Math.round(sx));
                    } else {
                        int y0 = (int) Math.floor(sy);
                        int x0 = (int) Math.floor(sx);
                        double fy = sy - y0;
                        double fx = sx - x0;
                        value = (1 - fy) * ((1 - fx) * at(src, p, ih, iw, y0, x0) + fx * at(src, p, ih, iw, y0, x0 + 1))
                                + fy
                                        * ((1 - fx) * at(src, p, ih, iw, y0 + 1, x0)
                                                + fx * at(src, p, ih, iw, y0 + 1, x0 + 1));
                    }
                    dst[(p * oh + y) * ow + x] = value;
                }
            }
        }
        return dst;
    }

    private static double at(double[] src, int plane, int ih, int iw, int y, int x) {
        return src[(plane * ih + Math.clamp(y, 0, ih - 1)) * iw + Math.clamp(x, 0, iw - 1)];
    }
}
