package dev.gatun.graph;

import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.TensorSpec.Role;
import java.util.function.Consumer;

/** The parameters that a node reads. */
final class Parameters {
    private Parameters() {}

    static void of(Node node, Consumer<TensorSpec> sink) {
        switch (node) {
            case Node.Conv conv -> {
                if (conv.kernel() instanceof Kernel.Stored(String tensor)) {
                    Window window = conv.window();
                    Shape shape = Shape.of(conv.oc(), conv.ic() / conv.groups(), window.kernelH(), window.kernelW());
                    sink.accept(new TensorSpec(tensor, shape, Role.CONV_WEIGHT));
                }
                if (conv.bias() != null) {
                    sink.accept(new TensorSpec(conv.bias(), Shape.of(conv.oc()), Role.CONV_BIAS));
                }
                if (conv.norm() != null) {
                    of(conv.norm(), sink);
                }
            }
            case Node.BatchNorm norm -> {
                Shape shape = Shape.of(norm.channels());
                sink.accept(new TensorSpec(norm.name() + ".weight", shape, Role.BN_WEIGHT));
                sink.accept(new TensorSpec(norm.name() + ".bias", shape, Role.BN_BIAS));
                sink.accept(new TensorSpec(norm.name() + ".running_mean", shape, Role.BN_MEAN));
                sink.accept(new TensorSpec(norm.name() + ".running_var", shape, Role.BN_VARIANCE));
            }
            case Node.InnerProduct product -> {
                Shape weight = Shape.of(product.oc(), product.ic());
                sink.accept(new TensorSpec(product.name() + ".weight", weight, Role.INNER_PRODUCT_WEIGHT));
                sink.accept(new TensorSpec(product.name() + ".bias", Shape.of(product.oc()), Role.INNER_PRODUCT_BIAS));
            }
            case Node.Input _,
                    Node.Relu _,
                    Node.Add _,
                    Node.MaxPool _,
                    Node.AveragePool _,
                    Node.GlobalMaxPool _,
                    Node.GlobalAveragePool _,
                    Node.Softmax _,
                    Node.Sigmoid _,
                    Node.ZeroPadShortcut _ -> {}
        }
    }
}
