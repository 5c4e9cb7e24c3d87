package dev.gatun.benchmarks.peers;

import java.util.Map;

/** How far answers are from the reference. */
final class Agreement {
    /**
     * What a precision may differ by, largest difference over largest logit; several times what real networks show. With drawn
     * weights int8 differs by more (ResNet-50: 0.3, ours and ONNX Runtime's alike); why has not been looked into, so int8 is also held
     * against int8.
     */
    private static final Map<String, Double> TOLERANCE = Map.of("f32", 1e-4, "f16", 2e-2, "bf16", 1e-1, "int8", 6e-1);

    /** What int8 answers may differ by that are of the same weights and scales but round in other places. */
    private static final double INT8_APART = 0.3;

    private Agreement() {}

    /**
     * The largest difference over the largest reference value, of the rows that both have.
     *
     * @throws WorkerException if lengths do not fit, or an answer is no number
     */
    static double error(float[] answer, float[] reference) {
        int common = Math.min(answer.length, reference.length);
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < common; i++) {
            largest = Math.max(largest, Math.abs(reference[i]));
            difference = Math.max(difference, Math.abs((double) answer[i] - reference[i]));
        }
        if (common == 0 || !Double.isFinite(difference) || Double.isNaN(sum(answer))) {
            throw new WorkerException("it does not answer with numbers");
        }
        return difference / largest;
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    /** Whether {@code error} is no more than rounding to {@code precision} explains. */
    static boolean holds(String precision, double error) {
        return error <= TOLERANCE.getOrDefault(precision, 0.0);
    }

    /** Whether two int8 answers differ by no more than rounding in other places explains. */
    static boolean int8Holds(double apart) {
        return apart <= INT8_APART;
    }
}
