package dev.gatun.quantize;

import dev.gatun.image.Preprocessing;
import dev.gatun.spec.InputSpec;
import java.util.List;

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
}
