package dev.gatun.quantize;

import java.util.ArrayList;
import java.util.List;

/** Settings tried one by one on the same images: how much each alone disturbs the logits. */
final class Candidates {
    private Candidates() {}

    /** The noise of the logits under each setting, in their order. */
    static List<Noise> measure(NodeNetwork network, Workers workers, List<Integer> images, List<Setting> settings) {
        int classes = network.shape(network.logits()).intDim(1);
        List<Noise> total =
                new ArrayList<>(settings.stream().map(_ -> Noise.NONE).toList());
        workers.forEach(
                images,
                (simulation, batch) -> {
                    simulation.runReference(Simulation.Tap.NONE);
                    float[] expected = simulation.referenceLogits();
                    return settings.stream()
                            .map(setting -> {
                                simulation.run(setting);
                                return Noise.of(expected, simulation.simulatedLogits(), batch.size() * classes);
                            })
                            .toList();
                },
                part -> {
                    for (int i = 0; i < part.size(); i++) {
                        total.set(i, total.get(i).plus(part.get(i)));
                    }
                });
        return total;
    }

    /** How the whole network under this setting compares with f32. */
    static Score score(NodeNetwork network, Workers workers, List<Integer> images, Setting setting) {
        int classes = network.shape(network.logits()).intDim(1);
        List<Score> scores = new ArrayList<>();
        workers.forEach(
                images,
                (simulation, batch) -> {
                    simulation.runReference(Simulation.Tap.NONE);
                    float[] expected = simulation.referenceLogits();
                    simulation.run(setting);
                    return Score.of(expected, simulation.simulatedLogits(), batch.size(), classes);
                },
                scores::add);
        return scores.stream().reduce(Score.NONE, Score::plus);
    }
}
