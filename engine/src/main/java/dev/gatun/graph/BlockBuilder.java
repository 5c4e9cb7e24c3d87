package dev.gatun.graph;

import dev.gatun.spec.BlockKind;
import dev.gatun.spec.BlockSpec;
import dev.gatun.spec.Padding;
import dev.gatun.spec.Shortcut;
import dev.gatun.spec.StridePlacement;
import java.util.List;

/** Adds residual blocks to a graph. */
final class BlockBuilder {
    /**
     * Where a block stands and what it has to do there.
     *
     * @param prefix of its nodes' names
     * @param src name of its input
     * @param activated whether its input has just passed batch normalisation and ReLU
     * @param ic channels of its input
     * @param oc channels of its output
     * @param inner channels in between
     * @param stride of the block
     * @param dilation of what stands where the stride is, or would be
     * @param nextDilation of what comes after that
     */
    record Place(
            String prefix,
            String src,
            boolean activated,
            int ic,
            int oc,
            int inner,
            int stride,
            int dilation,
            int nextDilation) {
        boolean changesChannels() {
            return ic != oc;
        }
    }

    /** A convolution of a block. */
    private record Layer(int ic, int oc, int groups, Window window) {}

    private final BlockSpec block;
    private final Layers layers;

    BlockBuilder(BlockSpec block, Layers layers) {
        this.block = block;
        this.layers = layers;
    }

    /** Adds a block and names its result. */
    String add(Place place) {
        String prefix = place.prefix();
        boolean before = block.preactivation();
        String src = before && !place.activated() ? normRelu(place, 1, place.src(), place.ic()) : place.src();
        // The shortcut comes first: the last convolution of the branch can then add itself to it in place.
        String shortcut = shortcut(place, src);
        String value = branch(place, src);
        if (block.shortcut() != Shortcut.NONE) {
            value = layers.add(new Node.Add(prefix + ".add", value, shortcut));
        }
        return before ? value : layers.add(new Node.Relu(prefix + ".relu", value));
    }

    private String branch(Place place, String src) {
        List<Layer> convolutions = block.kind() == BlockKind.BASIC ? basic(place) : bottleneck(place);
        int last = convolutions.size();
        String value = src;
        for (int i = 1; i <= last; i++) {
            Layer layer = convolutions.get(i - 1);
            boolean normalized = !block.preactivation() || i < last;
            String name = place.prefix() + ".conv" + i;
            value = layers.conv(name, value, layer.ic(), layer.oc(), layer.groups(), layer.window(), normalized);
            if (i < last) {
                // The normalisation behind a convolution is that before the next one where it is named as such.
                value = normRelu(place, block.preactivation() ? i + 1 : i, value, layer.oc());
            } else if (normalized) {
                value = layers.norm(place.prefix() + ".bn" + i, value, layer.oc());
            }
        }
        return value;
    }

    private List<Layer> basic(Place place) {
        return List.of(
                new Layer(
                        place.ic(), place.inner(), 1, window(3, place.stride()).dilated(place.dilation())),
                new Layer(place.inner(), place.oc(), 1, window(3, 1).dilated(place.nextDilation())));
    }

    private List<Layer> bottleneck(Place place) {
        boolean first = block.stridePlacement() == StridePlacement.FIRST_1X1;
        int inner = place.inner();
        return List.of(
                new Layer(place.ic(), inner, 1, Window.same(1, first ? place.stride() : 1)),
                new Layer(
                        inner,
                        inner,
                        block.groups(),
                        window(3, first ? 1 : place.stride()).dilated(place.dilation())),
                new Layer(inner, place.oc(), 1, Window.same(1, 1)));
    }

    private Window window(int kernel, int stride) {
        return block.padding() == Padding.SAME ? Window.tensorFlowSame(kernel, stride) : Window.same(kernel, stride);
    }

    /**
     * @param activated the input behind the batch normalisation and ReLU of a pre-activation block
     */
    private String shortcut(Place place, String activated) {
        boolean changes = place.changesChannels() || place.stride() != 1;
        return switch (block.shortcut()) {
            case NONE -> place.src();
            case ZERO_PAD -> changes ? zeroPad(place) : place.src();
            case PROJECTION -> changes ? projection(place, activated) : place.src();
            case PROJECTION_OR_SUBSAMPLING ->
                place.changesChannels() ? projection(place, activated) : subsampling(place);
            case ALL_PROJECTION -> projection(place, activated);
        };
    }

    private String zeroPad(Place place) {
        int front = (place.oc() - place.ic()) / 2;
        return layers.add(new Node.ZeroPadShortcut(
                place.prefix() + ".downsample", place.src(), place.ic(), place.oc(), place.stride(), front));
    }

    private String subsampling(Place place) {
        return place.stride() == 1
                ? place.src()
                : layers.add(new Node.MaxPool(
                        place.prefix() + ".downsample", place.src(), Window.square(1, place.stride(), 0)));
    }

    private String projection(Place place, String activated) {
        String name = place.prefix() + ".downsample.";
        return switch (block.projection()) {
            case NORMALIZED -> normalized(name, 0, place, place.src(), place.stride());
            case BARE -> projected(name, 0, place, place.src(), place.stride(), false);
            case PREACTIVATED -> projected(name, 0, place, activated, place.stride(), false);
            case POOLED -> normalized(name, 1, place, pooled(name + 0, place), 1);
        };
    }

    private String normalized(String name, int index, Place place, String src, int stride) {
        return layers.norm(name + (index + 1), projected(name, index, place, src, stride, true), place.oc());
    }

    private String projected(String name, int index, Place place, String src, int stride, boolean normalized) {
        return layers.conv(name + index, src, place.ic(), place.oc(), 1, Window.same(1, stride), normalized);
    }

    /**
     * As in timm's {@code downsample_avg}: an odd row or column has a pixel of its own in the result, and is averaged without padding; where
     * dilation replaces the stride, the size stays, and padding counts.
     */
    private String pooled(String name, Place place) {
        boolean dilated = place.nextDilation() > 1;
        if (place.stride() == 1 && !dilated) {
            return place.src();
        }
        int stride = place.stride();
        Window window = new Window(2, 2, stride, stride, 0, 0, 1, 1, 1);
        return layers.add(new Node.AveragePool(name, place.src(), window, dilated));
    }

    private String normRelu(Place place, int index, String src, int channels) {
        return layers.normRelu(place.prefix() + ".bn" + index, place.prefix() + ".relu" + index, src, channels);
    }
}
