package dev.gatun.benchmarks.peers;

import java.util.Map;

/** How far answers are from the reference. */
final class Agreement {
    /**
     * What a precision may differ by, largest difference over largest logit: twice what real weights show or more. Measured 2026-11-30, ours and
     * peers': f32 1.1e-6, bf16 6.2e-3 (1.5e-2 on photographs, README), f16 3.5e-3 there, int8 5.9e-2 (ResNet-18 and -50, with ranges of drawn
     * images), of drawn weights 1.3e-2 (ResNet-18, -50 and -152). Drawn images differ from each other by 0.11 to 0.41 of the largest logit, so that
     * the answer to another image is none.
     */
    private static final Map<String, Double> TOLERANCE = Map.of("f32", 1e-4, "f16", 1e-2, "bf16", 3e-2, "int8", 1e-1);

    /**
     * What int8 answers may differ by that are of the same weights and scales but round in other places: 3.3e-2 of real weights in those
     * measurements, 1.1e-2 of drawn ones.
     */
    private static final double INT8_APART = 6e-2;

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
