package dev.gatun.plan;

import dev.gatun.graph.Node;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
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
     * What no other weights and {@linkplain #quantization() scales} have, such as a hash of their file: plans with the same find each other's
     * packed weights in the user's cache, and ask for none of them.
     *
     * @return empty to do without the cache
     */
    default Optional<String> contentId() {
        return Optional.empty();
    }

    /**
     * Folds parameters as they are asked for.
     *
     * @param parameters row-major values by the names of {@link dev.gatun.graph.Graph#parameters()}
     */
    static LayerWeights folding(Function<String, float[]> parameters) {
        return new FoldingWeights(parameters, null, Optional::empty);
    }

    /**
     * As {@link #folding(Function)}, for parameters whose packed form is cached.
     *
     * @param quantization see {@link #quantization()}
     * @param contentId see {@link #contentId()}; asked for by each plan
     */
    static LayerWeights folding(
            Function<String, float[]> parameters,
            @Nullable Quantization quantization,
            Supplier<Optional<String>> contentId) {
        return new FoldingWeights(parameters, quantization, contentId);
    }
}
