package dev.gatun.benchmarks;

import ai.onnxruntime.OrtEnvironment;
import dev.gatun.natives.Machine;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.OneDnn;
import dev.gatun.plan.PrecisionSupport;
import dev.gatun.spec.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The engine and ONNX Runtime on the same weights and images in one process, turn by turn, so that what disturbs the machine disturbs both.
 * Prints a Markdown table of medians with the environment above it. Arguments: models, by default ResNet-18, -50 and -152.
 */
public final class Compare {
    private static final int ROUNDS = 15;
    private static final int RUNS_A_TURN = 4;
    private static final double NANOS_PER_MILLI = 1e6;

    private Compare() {}

    /** Something that runs a model once. */
    private interface Contender {
        Object run() throws Exception;
    }

    /** Runs the comparison. */
    public static void main(String[] args) throws Exception {
        List<String> models = args.length > 0 ? List.of(args) : List.of("resnet18", "resnet50", "resnet152");
        environment();
        System.out.println("| model | threads | " + String.join(" | ", names()) + " | fastest over ONNX Runtime |");
        System.out.println("|---|---|" + "---|".repeat(names().size() + 1));
        int most = Machine.current().usableThreads();
        for (String model : models) {
            for (int threads : most == 1 ? List.of(1) : List.of(1, most)) {
                System.out.println(row(model, threads));
            }
        }
    }

    private static void environment() {
        Machine machine = Machine.current();
        System.out.printf(
                "%s, %s, oneDNN %s on %s, ONNX Runtime %s, Java %s; batch 1, ms a run, median (90th percentile) of %d,"
                        + " turn by turn%n%n",
                machine.cpuModel(),
                machine.explainThreads(),
                OneDnn.version(),
                OneDnn.effectiveIsa(),
                OrtEnvironment.getEnvironment().getVersion(),
                Runtime.version(),
                ROUNDS * RUNS_A_TURN);
    }

    private static List<Precision> precisions() {
        return Stream.of(Precision.F32, Precision.BF16, Precision.F16)
                .filter(precision -> PrecisionSupport.of(precision).level() == PrecisionSupport.Level.FAST)
                .toList();
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        precisions().forEach(precision -> names.add("gatun " + precision));
        names.add("ONNX Runtime f32");
        return names;
    }

    private static String row(String model, int threads) throws Exception {
        try (NativeStack owned = new NativeStack()) {
            ModelRun run = new ModelRun();
            run.model = model;
            run.threads = threads;
            Map<String, Contender> contenders = new LinkedHashMap<>();
            for (Precision precision : precisions()) {
                ModelRun.Gatun gatun = new ModelRun.Gatun();
                gatun.precision = precision.toString();
                gatun.open(run);
                owned.push(gatun::close);
                contenders.put("gatun " + precision, () -> run.gatun(gatun));
            }
            ModelRun.OnnxRuntime runtime = new ModelRun.OnnxRuntime();
            runtime.open(run);
            owned.push(runtime::close);
            contenders.put("ONNX Runtime f32", () -> run.onnxRuntime(runtime));
            return row(model, threads, measure(contenders));
        }
    }

    /** Sorted times in milliseconds by contender, after a first round that does not count. */
    private static Map<String, double[]> measure(Map<String, Contender> contenders) throws Exception {
        Map<String, double[]> times = new LinkedHashMap<>();
        contenders.keySet().forEach(name -> times.put(name, new double[ROUNDS * RUNS_A_TURN]));
        for (int round = -1; round < ROUNDS; round++) {
            for (Map.Entry<String, Contender> contender : contenders.entrySet()) {
                for (int i = 0; i < RUNS_A_TURN; i++) {
                    long start = System.nanoTime();
                    contender.getValue().run();
                    double time = (System.nanoTime() - start) / NANOS_PER_MILLI;
                    if (round >= 0) {
                        times.getOrDefault(contender.getKey(), new double[0])[round * RUNS_A_TURN + i] = time;
                    }
                }
            }
        }
        times.values().forEach(Arrays::sort);
        return times;
    }

    private static String row(String model, int threads, Map<String, double[]> times) {
        StringBuilder row = new StringBuilder("| " + model + " | " + threads + " |");
        times.values()
                .forEach(sorted -> row.append(
                        String.format(Locale.ROOT, " %.1f (%.1f) |", quantile(sorted, 0.5), quantile(sorted, 0.9))));
        List<double[]> all = new ArrayList<>(times.values());
        double theirs = quantile(all.removeLast(), 0.5);
        double best = all.stream()
                .map(sorted -> quantile(sorted, 0.5))
                .min(Comparator.naturalOrder())
                .orElseThrow();
        return row.append(String.format(Locale.ROOT, " %.2fx |", theirs / best)).toString();
    }

    static double quantile(double[] sorted, double q) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(q * (sorted.length - 1)))];
    }
}
