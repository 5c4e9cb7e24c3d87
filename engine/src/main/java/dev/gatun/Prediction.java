package dev.gatun;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A class that a network names, and how sure it is.
 *
 * @param index of the class
 * @param label of the class
 * @param probability after softmax, 0 to 1
 */
public record Prediction(int index, String label, float probability) {
    /**
     * The most probable classes, best first; of equals the lower index is first.
     *
     * @param logits one for each class, before softmax
     * @param labels of as many classes
     * @param count how many, capped at the number of classes
     * @throws IllegalArgumentException if there are not as many logits as labels, or one is not finite
     */
    public static List<Prediction> top(float[] logits, Labels labels, int count) {
        if (logits.length != labels.size()) {
            throw new IllegalArgumentException(
                    labels.size() + " labels for " + logits.length + " logits, expected as many");
        }
        double max = Double.NEGATIVE_INFINITY;
        for (int index = 0; index < logits.length; index++) {
            if (!Float.isFinite(logits[index])) {
                throw new IllegalArgumentException("the logit of class " + index + " is " + logits[index]
                        + ", expected a finite number: the network overflowed; try a wider precision");
            }
            max = Math.max(max, logits[index]);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, logits.length).boxed().toList());
        order.sort(Comparator.comparingDouble(index -> -logits[index]));
        List<Prediction> top = new ArrayList<>();
        for (int index : order.subList(0, Math.clamp(count, 0, order.size()))) {
            top.add(new Prediction(index, labels.of(index), (float) (Math.exp(logits[index] - max) / sum)));
        }
        return top;
    }
}
