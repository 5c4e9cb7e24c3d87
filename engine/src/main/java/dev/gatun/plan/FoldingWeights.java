package dev.gatun.plan;

import dev.gatun.graph.Node;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parameters by name, folded as they are asked for. */
final class FoldingWeights implements LayerWeights {
    private final Function<String, float[]> parameters;
    private final @Nullable Quantization quantization;
    private final Supplier<Optional<String>> contentId;

    FoldingWeights(
            Function<String, float[]> parameters,
            @Nullable Quantization quantization,
            Supplier<Optional<String>> contentId) {
        this.parameters = parameters;
        this.quantization = quantization;
        this.contentId = contentId;
    }

    @Override
    public FoldedWeights of(Node.Conv conv) {
        return FoldedWeights.of(conv, parameters);
    }

    @Override
    public FoldedWeights of(Node.InnerProduct product) {
        return FoldedWeights.of(product, parameters);
    }

    @Override
    public @Nullable Quantization quantization() {
        return quantization;
    }

    @Override
    public Optional<String> contentId() {
        return contentId.get();
    }
}
