package dev.gatun.plan;

/** Weights of a convolution or inner product in int8, batch normalisation folded in. Immutable; arrays are its own: do not write to them. */
public final class QuantizedLayer {
    private final byte[] weights;
    private final float[] scales;
    private final float[] bias;

    /**
     * Takes arrays over.
     *
     * @param weights [oc, ic / groups, kh, kw] row-major, -127 to 127; real = scale of the output channel * weight
     * @param scales [oc], positive
     * @param bias [oc], real
     * @throws IllegalArgumentException if the lengths do not agree or a value is out of range
     */
    public QuantizedLayer(byte[] weights, float[] scales, float[] bias) {
        if (scales.length == 0 || bias.length != scales.length || weights.length % scales.length != 0) {
            throw new IllegalArgumentException(weights.length + " weights, " + scales.length + " scales and "
                    + bias.length + " biases, expected as many scales as biases and a multiple of that of weights");
        }
        for (byte weight : weights) {
            if (weight == Byte.MIN_VALUE) {
                throw new IllegalArgumentException("a weight is -128, expected -127 to 127");
            }
        }
        for (int oc = 0; oc < scales.length; oc++) {
            if (!(scales[oc] > 0 && Float.isFinite(scales[oc]) && Float.isFinite(bias[oc]))) {
                throw new IllegalArgumentException("channel " + oc + " has scale " + scales[oc] + " and bias "
                        + bias[oc] + ", expected a positive and a finite one");
            }
        }
        this.weights = weights;
        this.scales = scales;
        this.bias = bias;
    }

    /** [oc, ic / groups, kh, kw] row-major. */
    public byte[] weights() {
        return weights;
    }

    /** [oc]. */
    public float[] scales() {
        return scales;
    }

    /** [oc]. */
    public float[] bias() {
        return bias;
    }

    /**
     * The same layer with weights of -64 to 64. Without VNNI two products of an unsigned and a signed byte are added in 16 bits, which
     * weights of 7 bits cannot overflow: 2 * 255 * 64 < 2^15.
     */
    QuantizedLayer inSevenBits() {
        byte[] halved = weights.clone();
        halve(halved, 0, halved.length);
        float[] doubled = new float[scales.length];
        for (int oc = 0; oc < scales.length; oc++) {
            doubled[oc] = 2 * scales[oc];
        }
        return new QuantizedLayer(halved, doubled, bias);
    }

    /**
     * Halves weights. Of the odd ones, which are as far from the level below as from that above, every other one is rounded up: errors
     * cancel between neighbours, which are multiplied by much the same, and means stay.
     */
    static void halve(byte[] weights, int from, int to) {
        int carry = 0;
        for (int i = from; i < to; i++) {
            int whole = weights[i] + carry;
            weights[i] = (byte) (whole >> 1);
            carry = whole & 1;
        }
    }
}
