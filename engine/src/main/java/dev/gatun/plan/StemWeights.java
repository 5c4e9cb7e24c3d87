package dev.gatun.plan;

import dev.gatun.graph.Node;
import dev.gatun.tiles.TilePacking;

/** Weights of a first convolution on tiles, whose channels are in other numbers than the images'. */
final class StemWeights {
    private StemWeights() {}

    /** Weights with a channel more, of zeros. */
    static float[] padded(float[] weights, Node.Conv conv) {
        int taps = conv.window().kernelH() * conv.window().kernelW();
        float[] padded = new float[conv.oc() * FloatPadder.PADDED_CHANNELS * taps];
        int values = FloatPadder.CHANNELS * taps;
        for (int o = 0; o < conv.oc(); o++) {
            System.arraycopy(weights, o * values, padded, o * FloatPadder.PADDED_CHANNELS * taps, values);
        }
        return padded;
    }

    /** Weights whose channels are those of rows of the kernel that are together; rows beyond the kernel are zeros. */
    static byte[] together(byte[] weights, Node.Conv conv, int together, TilePacking packing) {
        int kh = conv.window().kernelH();
        int kw = packing.kw();
        byte[] all = new byte[packing.oc() * packing.ic() * packing.kh() * kw];
        for (int from = 0; from < weights.length; from += kw) {
            int y = from / kw % kh;
            int filter = from / kw / kh;
            int channel = y % together * PixelPadder.PIXEL + filter % PixelPadder.PIXEL;
            int to = ((filter / PixelPadder.PIXEL * packing.ic() + channel) * packing.kh() + y / together) * kw;
            System.arraycopy(weights, from, all, to, kw);
        }
        return all;
    }
}
