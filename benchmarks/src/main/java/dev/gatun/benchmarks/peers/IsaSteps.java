package dev.gatun.benchmarks.peers;

import dev.gatun.natives.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What each step down in instruction sets costs: the engine on the same weights and images under every {@code ONEDNN_MAX_CPU_ISA} that this CPU
 * has, a process each, turn by turn. Writes a Markdown table.
 */
public final class IsaSteps {
    private static final String USAGE = """
            usage: benchmarks/isa [MODEL[=WEIGHTS]...] [--rounds N] [--out DIRECTORY]

            Runs the engine on one thread with fewer and fewer instructions. By default resnet18, resnet50 and resnet152, 12
            rounds, the table in benchmarks/results/isa.md.""";

    private static final String VARIABLE = "ONEDNN_MAX_CPU_ISA";

    /** The most last; two that turn out the same are measured once. */
    private static final List<String> ISAS = List.of(
            "AVX2", "AVX2_VNNI", "AVX512_CORE", "AVX512_CORE_VNNI", "AVX512_CORE_BF16", "AVX10_1_512", "DEFAULT");

    private static final List<String> PRECISIONS = List.of("f32", "bf16", "f16", Job.INT8);
    private static final int TURN_MILLIS = 200;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final String NONE = "-";

    /** An instruction set and the process that has it. */
    private record Step(String title, WorkerProcess worker) {}

    /** A precision of a step, open in its process. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    private record Entry(Step step, String precision, float[] logits, List<Double> millis) {
        double median() {
            return Quantiles.of(millis.stream().sorted().toList(), 0.5);
        }
    }

    private final CompareOptions options;
    private final Path peers;
    private final StringBuilder text = new StringBuilder();

    private IsaSteps(CompareOptions options, Path peers) {
        this.options = options;
        this.peers = peers;
    }

    /** Runs it; exit status 2 for wrong arguments. */
    public static void main(String[] args) throws IOException {
        CompareOptions options;
        try {
            options = CompareOptions.parse(List.of(args), Path.of(System.getProperty("gatun.results", "results")));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + USAGE);
            System.exit(2);
            return;
        }
        new IsaSteps(options, Path.of(System.getProperty("gatun.peers", "peers"))).run();
    }

    private void run() throws IOException {
        Files.createDirectories(peers);
        Machine machine = Machine.current();
        text.append(String.format(
                Locale.ROOT,
                "%s; %s%s; Java %s; batch 1 on 1 thread, milliseconds, median of %d turns of at least 4 counted runs and %d ms, turn by"
                        + " turn, a process each. Apart: largest difference of an int8 logit from that of the last row over the largest"
                        + " logit.%n",
                LocalDate.now(ZoneOffset.UTC),
                machine.cpuModel(),
                machine.hypervisor() ? ", virtual" : "",
                Runtime.version(),
                options.rounds(),
                TURN_MILLIS));
        for (String model : options.models()) {
            Job job = new Job(model, options.weightsOf(model), Job.INT8, Scenario.LATENCY, 1);
            System.err.println(model + ", quantising");
            String quantized = QuantizedWeights.of(job, peers.resolve("int8")).toString();
            List<Step> steps = start();
            try {
                text.append(table(model, steps, measured(model, quantized, steps)));
            } finally {
                steps.forEach(step -> step.worker().close());
            }
        }
        Files.createDirectories(options.out());
        Files.writeString(options.out().resolve("isa.md"), text);
        System.out.print(text);
    }

    private List<Step> start() throws IOException {
        Map<String, Step> steps = new LinkedHashMap<>();
        for (String isa : ISAS) {
            WorkerProcess worker =
                    WorkerProcess.start(Contestant.GATUN, peers, peers.resolve("log"), Map.of(VARIABLE, isa));
            String title = title(worker.ask("about").getFirst());
            if (steps.putIfAbsent(title, new Step(title, worker)) != null) {
                worker.close();
            }
        }
        return List.copyOf(steps.values());
    }

    /** The ISA in what a worker says of itself. */
    static String title(String about) {
        String isa = about.substring(about.indexOf(" on ") + " on ".length());
        return isa.substring(0, isa.indexOf(';'));
    }

    private List<Entry> measured(String model, String quantized, List<Step> steps) {
        List<Entry> entries = new ArrayList<>();
        for (Step step : steps) {
            for (String precision : PRECISIONS) {
                String weights = precision.equals(Job.INT8) ? quantized : options.weightsOf(model);
                try {
                    step.worker().ask("open", precision, model, weights, precision, Scenario.LATENCY, 1);
                    float[] logits =
                            Worker.floats(step.worker().ask("logits", precision).getFirst());
                    entries.add(new Entry(step, precision, logits, new ArrayList<>()));
                } catch (WorkerException e) {
                    System.err.println(step.title() + ", " + precision + ": " + e.getMessage());
                }
            }
        }
        for (int round = -1; round < options.rounds(); round++) {
            for (Entry entry : entries) {
                List<Double> millis = millis(entry.step().worker().ask("turn", entry.precision(), TURN_MILLIS));
                if (round >= 0) {
                    entry.millis().addAll(millis);
                }
            }
        }
        return entries;
    }

    /** The runs that a worker tells of a turn, without the first, which does not count. */
    static List<Double> millis(List<String> turn) {
        return turn.stream()
                .skip(1)
                .map(run -> Timed.parse(run).nanos() / NANOS_PER_MILLI)
                .toList();
    }

    private static String table(String model, List<Step> steps, List<Entry> entries) {
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, "%n**%s**%n%n| |", model));
        PRECISIONS.forEach(precision -> table.append(' ').append(precision).append(" |"));
        table.append(" int8 apart |\n|---|")
                .append("---:|".repeat(PRECISIONS.size() + 1))
                .append('\n');
        Optional<Entry> best = find(entries, steps.getLast(), Job.INT8);
        for (Step step : steps) {
            table.append("| ").append(step.title()).append(" |");
            for (String precision : PRECISIONS) {
                table.append(cell(find(entries, step, precision)
                        .map(entry -> String.format(Locale.ROOT, "%.1f", entry.median()))));
            }
            table.append(cell(find(entries, step, Job.INT8)
                            .flatMap(own -> best.map(top ->
                                    String.format(Locale.ROOT, "%.1e", Agreement.error(own.logits(), top.logits()))))))
                    .append('\n');
        }
        return table.toString();
    }

    private static String cell(Optional<String> value) {
        return ' ' + value.orElse(NONE) + " |";
    }

    private static Optional<Entry> find(List<Entry> entries, Step step, String precision) {
        return entries.stream()
                .filter(entry -> entry.step().equals(step) && entry.precision().equals(precision))
                .findFirst();
    }
}
