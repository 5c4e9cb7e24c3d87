package dev.gatun.graph;

import dev.gatun.spec.Shape;
import java.util.List;

/** What shape a node's result has, and what shapes it can read. */
final class Shapes {
    private Shapes() {}

    /**
     * The shape of the result of {@code node}, which is not the input.
     *
     * @param sources shapes of the results that it reads, in the order of {@link Node#sources()}
     * @throws IllegalArgumentException naming the node if it cannot read these
     */
    static Shape of(Node node, List<Shape> sources) {
        Shape src = sources.getFirst();
        return switch (node) {
            case Node.Input _ -> throw new IllegalArgumentException("input " + node.name() + " reads nothing");
            case Node.Conv conv -> {
                Shape dst = windowed(images(node, src, conv.ic()), conv.oc(), conv.window());
                yield conv.epilogue().residual() == null ? dst : same(node, dst, sources.getLast());
            }
            case Node.BatchNorm norm -> images(node, src, norm.channels());
            case Node.Relu _ -> src;
            case Node.Add _ -> same(node, src, sources.getLast());
            case Node.MaxPool pool -> windowed(images(node, src), src.dim(1), pool.window());
            case Node.AveragePool pool -> windowed(images(node, src), src.dim(1), pool.window());
            case Node.GlobalMaxPool _, Node.GlobalAveragePool _ -> {
                Shape images = images(node, src);
                yield Shape.of(images.dim(0), images.dim(1), 1, 1);
            }
            case Node.InnerProduct product ->
                Shape.of(pixels(node, src, product.ic()).dim(0), product.oc());
            case Node.Softmax _, Node.Sigmoid _ -> rows(node, src);
            case Node.ZeroPadShortcut pad ->
                windowed(images(node, src, pad.ic()), pad.oc(), Window.square(1, pad.stride(), 0));
        };
    }

    private static Shape images(Node node, Shape src) {
        return require(src.rank() == 4, node, src, "[n, c, h, w]");
    }

    private static Shape images(Node node, Shape src, int channels) {
        return require(src.rank() == 4 && src.dim(1) == channels, node, src, "[n, " + channels + ", h, w]");
    }

    private static Shape pixels(Node node, Shape src, int channels) {
        Shape expected = Shape.of(src.rank() == 0 ? 0 : src.dim(0), channels, 1, 1);
        return require(src.equals(expected), node, src, "[n, " + channels + ", 1, 1]");
    }

    private static Shape rows(Node node, Shape src) {
        return require(src.rank() == 2, node, src, "[n, classes]");
    }

    private static Shape same(Node node, Shape expected, Shape other) {
        return require(other.equals(expected), node, other, expected + " like its other operand");
    }

    private static Shape require(boolean fits, Node node, Shape found, String expected) {
        if (!fits) {
            throw new IllegalArgumentException(node.name() + " cannot read " + found + ", expected " + expected);
        }
        return found;
    }

    private static Shape windowed(Shape src, long channels, Window window) {
        return Shape.of(
                src.dim(0),
                channels,
                Math.max(0, window.outputHeight(src.dim(2))),
                Math.max(0, window.outputWidth(src.dim(3))));
    }
}
