package dev.gatun.quantize;

import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Passes;
import dev.gatun.image.Preprocessing;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Variants;
import java.util.List;
import java.util.Optional;

/**
 * A quantised network and what belongs to it: all that a file holds.
 *
 * @param name of the variant, or what it is called else
 * @param input images it was designed for
 * @param preprocessing of its images
 * @param labels of its classes, by index
 * @param network scales and weights
 * @param report of how it was quantised
 */
public record QuantizedModel(
        String name,
        InputSpec input,
        Preprocessing preprocessing,
        List<String> labels,
        QuantizedNetwork network,
        QuantizationReport report) {
    /** Copies the labels. */
    public QuantizedModel {
        labels = List.copyOf(labels);
    }

    /** The same network for images that are prepared in another way than those that it was calibrated with. */
    public QuantizedModel withPreprocessing(Preprocessing preprocessing) {
        return new QuantizedModel(name, input, preprocessing, labels, network, report);
    }

    /** The same network with other names for its classes. */
    public QuantizedModel withLabels(List<String> labels) {
        return new QuantizedModel(name, input, preprocessing, labels, network, report);
    }

    /** The variant that it is, if it has the name and the operations of one. */
    public Optional<ResNetSpec> variant() {
        return labels.isEmpty()
                ? Optional.empty()
                : Variants.find(name)
                        .map(spec -> spec.withClasses(labels.size()))
                        .filter(spec -> FoldedGraph.of(Passes.fuse(GraphBuilder.build(spec)))
                                .equals(network.graph()));
    }
}
