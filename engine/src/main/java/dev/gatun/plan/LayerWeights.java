package dev.gatun.plan;

import dev.gatun.graph.Node;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a plan finds the weights of its layers. Used by the thread that plans. */
public interface LayerWeights {
    /** Weights and bias of a convolution of the fused graph, f32, its batch normalisation folded in. */
    FoldedWeights of(Node.Conv conv);

    /** Weights and bias of an inner product, f32. */
    FoldedWeights of(Node.InnerProduct product);

    /** What is known for computing in int8, or null if nothing is. */
    default @Nullable Quantization quantization() {
        return null;
    }

    /**
     * Folds parameters as they are asked for.
     *
     * @param parameters row-major values by the names of {@link dev.gatun.graph.Graph#parameters()}
     */
    static LayerWeights folding(Function<String, float[]> parameters) {
        return new LayerWeights() {
            @Override
            public FoldedWeights of(Node.Conv conv) {
                return FoldedWeights.of(conv, parameters);
            }

            @Override
            public FoldedWeights of(Node.InnerProduct product) {
                return new FoldedWeights(
                        parameters.apply(product.name() + ".weight"), parameters.apply(product.name() + ".bias"));
            }
        };
    }
}
