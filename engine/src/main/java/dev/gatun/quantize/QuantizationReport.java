package dev.gatun.quantize;

import dev.gatun.json.Json;
import java.util.List;

/**
 * How a network was quantised, and what it cost. Errors are ratios of signal to noise in decibels: infinite where nothing is lost. Everything is
 * simulated in f32 with int8's values and weights, so that it is the same on every machine.
 *
 * @param observed calibration images that ranges and biases were fitted to
 * @param judged calibration images that choices were judged by
 * @param bar that was asked for
 * @param agreement share of the judged images whose top class is that of f32
 * @param decibels of the logits of the judged images
 * @param biasCorrected whether biases were corrected; they are where that makes the logits' error smaller
 * @param values in order
 * @param layers in order, the stem included
 */
public record QuantizationReport(
        int observed,
        int judged,
        Bar bar,
        double agreement,
        double decibels,
        boolean biasCorrected,
        List<ValueReport> values,
        List<LayerReport> layers) {
    /** Copies the lists. */
    public QuantizationReport {
        values = List.copyOf(values);
        layers = List.copyOf(layers);
    }

    /**
     * An activation.
     *
     * @param name of the node that puts it out
     * @param method that chose its range
     * @param scale of one step
     * @param signed whether it can be negative
     * @param largest magnitude that was observed
     * @param decibels of the logits if this value alone is int8
     */
    public record ValueReport(
            String name, RangeMethod method, float scale, boolean signed, float largest, double decibels) {}

    /**
     * A convolution or inner product.
     *
     * @param name of the node
     * @param int8 whether it computes in int8; if not, the bar was not reached with it
     * @param method that chose the scales of its weights
     * @param local of its result, given the right source: rounding of source and weights, before its own result is rounded
     * @param decibels of the logits if this layer alone, with its source, is int8
     */
    public record LayerReport(String name, boolean int8, WeightMethod method, double local, double decibels) {}

    /** Names of the layers that compute in float, the worst first in the order of the network. */
    public List<String> fallbacks() {
        return layers.stream()
                .filter(layer -> !layer.int8())
                .map(LayerReport::name)
                .toList();
    }

    /** This report as a JSON object; what is infinite or was not measured is left out. */
    public String toJson() {
        return Json.write(json -> ReportJson.write(this, json));
    }
}
