package dev.gatun.quantize;

import dev.gatun.graph.GraphCost;
import dev.gatun.graph.Node;
import dev.gatun.plan.FoldedWeights;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What choices are made with.
 *
 * @param topology of the fused graph
 * @param parameters of the graph
 * @param images all of them
 * @param network that computes them
 * @param workers that run it
 * @param options asked for
 */
record Workbench(
        Topology topology,
        Function<String, float[]> parameters,
        CalibrationImages images,
        NodeNetwork network,
        Workers workers,
        QuantizeOptions options) {
    /** Of so many calibration images one is held out to judge by. */
    private static final int HELD_OUT = 3;

    /** Multiply-accumulates that a choice may cost: 8 images of a ResNet-50, which a thread does in half a second. */
    private static final double CHOICE_WORK = 32e9;

    private static final int FEWEST_PER_CHOICE = 8;
    private static final int MOST_PER_CHOICE = 256;

    /** Images that ranges and biases are fitted to. */
    List<Integer> observed() {
        return some(false);
    }

    /** Images that choices are judged by. */
    List<Integer> judged() {
        return some(true);
    }

    private List<Integer> some(boolean heldOut) {
        return IntStream.range(0, images.size())
                .filter(i -> (i % HELD_OUT == HELD_OUT - 1) == heldOut)
                .boxed()
                .toList();
    }

    /** Those of the images judged by that each of many choices is judged by. */
    List<Integer> judgedOften() {
        List<Integer> judged = judged();
        double work =
                GraphCost.of(topology.graph(), images.height(), images.width()).multiplyAccumulates();
        int few = (int) Math.clamp(CHOICE_WORK / work, FEWEST_PER_CHOICE, MOST_PER_CHOICE);
        return judged.subList(0, Math.min(few, judged.size()));
    }

    /** The f32 weights of a layer. */
    FoldedWeights folded(String layer) {
        return Topology.folded(node(layer), parameters);
    }

    Node node(String name) {
        return topology.graph().node(name);
    }

    /** How much each setting alone disturbs the logits; nothing is known of that without a search. */
    List<Noise> disturbances(List<Setting> settings) {
        if (!options.search()) {
            return Collections.nCopies(settings.size(), Noise.NONE);
        }
        return Candidates.measure(network, workers, judgedOften(), settings);
    }

    /** How a setting compares with f32 on all images that are judged by. */
    Score score(Setting setting) {
        return Candidates.score(network, workers, judged(), setting);
    }

    @SuppressWarnings("AnnotateFormatMethod") // whose annotation is no dependency of the engine
    void log(String format, Object... arguments) {
        options.log().accept(String.format(Locale.ROOT, format, arguments));
    }
}
