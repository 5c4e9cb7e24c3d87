package dev.gatun.benchmarks.peers;

import dev.gatun.Model;
import dev.gatun.graph.GraphCost;
import dev.gatun.natives.Machine;
import dev.gatun.profile.Peak;
import dev.gatun.spec.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The engine and its peers on the same weights and images, each in a process of its own, turn by turn in changing order, so that what
 * disturbs the machine disturbs all. A turn begins with a run that does not count, since others have had the caches meanwhile. Writes
 * a Markdown table, JSON and a chart.
 */
public final class Compare implements AutoCloseable {
    private static final int LATENCY_MILLIS = 200;
    private static final int THROUGHPUT_MILLIS = 250;
    private static final int THROUGHPUT_WINDOWS = 3;
    private static final int REFERENCE_IMAGES = 8;
    private static final String REFERENCE = "f32";
    private static final double NANOS_PER_MILLI = 1e6;

    /** Where the hypervisor lets the engine use tiles, the peak is theirs. */
    private static final String TILES = "int8_amx";

    private static final int FIRST_PROBES = 10_000;

    private final CompareOptions options;
    /** A process for each precision as well: what idles in one may keep threads that others have to make room for. */
    private final Map<Entrant, WorkerProcess> workers = new LinkedHashMap<>();

    private final Results results = new Results();
    private final Calm calm = new Calm();
    private final Path peers;

    private Compare(CompareOptions options, Path peers) {
        this.options = options;
        this.peers = peers;
    }

    /** Runs the comparison; exit status 1 if answers disagree, 2 for wrong arguments. */
    public static void main(String[] args) throws IOException {
        CompareOptions options;
        try {
            options = CompareOptions.parse(List.of(args), Path.of(System.getProperty("gatun.results", "results")));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + CompareOptions.USAGE);
            System.exit(2);
            return;
        }
        try (Compare compare = new Compare(options, Path.of(System.getProperty("gatun.peers", "peers")))) {
            compare.start();
            for (String model : options.models()) {
                compare.model(model);
            }
            compare.write();
            List<String> disagreements = compare.results.disagreements();
            disagreements.forEach(System.err::println);
            if (!disagreements.isEmpty()) {
                System.exit(1);
            }
        }
    }

    private void start() throws IOException {
        Files.createDirectories(peers);
        Machine machine = Machine.current();
        Map<String, String> environment = results.environment();
        environment.put("date", LocalDate.now(ZoneOffset.UTC).toString());
        environment.put("cpu", machine.cpuModel() + (machine.hypervisor() ? ", virtual" : ""));
        environment.put("threads", machine.explainThreads());
        environment.put("java", "Java " + Runtime.version());
        environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        environment.put(
                "method",
                String.format(
                        Locale.ROOT,
                        "a process each for every precision, turn by turn, %d turns of at least 4 counted runs and %d ms (latency) or of %d times %d ms"
                                + " (throughput); medians, and in brackets the quickest and the slowest tenth; ratios and shares of"
                                + " medians, and in brackets of the quickest tenths, when nothing else had the machine",
                        options.rounds(),
                        LATENCY_MILLIS,
                        THROUGHPUT_WINDOWS,
                        THROUGHPUT_MILLIS));
        if (Peak.of(Precision.INT8).how().equals(TILES)) {
            Probe.of().ifPresent(probe -> {
                try (probe) {
                    for (int i = 0; i < FIRST_PROBES; i++) {
                        calm.add(probe.nanos());
                    }
                }
            });
        }
        for (Contestant contestant : options.contestants()) {
            for (String precision : contestant.precisions()) {
                WorkerProcess worker = WorkerProcess.start(contestant, peers, peers.resolve("log"));
                try {
                    results.about().put(contestant, worker.ask("about").getFirst());
                    workers.put(new Entrant(contestant, precision), worker);
                } catch (WorkerException e) {
                    worker.close();
                    skip(contestant.title(), e);
                }
            }
        }
    }

    /** Measured now and then, since the host may have other things to do at any one time. */
    private void peaks() {
        if (!options.contestants().contains(Contestant.GATUN)) {
            return;
        }
        StringJoiner words = new StringJoiner(", ", "peak of a core in GMAC/s, the best of several measurements: ", "");
        for (String precision : Contestant.GATUN.precisions()) {
            Peak peak = Peak.again(Precision.named(precision));
            peak.gmacs().ifPresent(gmacs -> results.peaks().put(precision, gmacs));
            words.add(String.format(
                    Locale.ROOT, "%s %.0f (%s)", precision, peak.gmacs().orElse(0), peak.how()));
        }
        results.environment().put("peak", words.toString());
    }

    private void skip(String who, WorkerException why) {
        results.skipped().put(who, String.valueOf(why.getMessage()));
        System.err.println("skipped " + who + ": " + why.getMessage());
    }

    private void model(String model) throws IOException {
        environmentOf(model);
        Job job = new Job(model, options.weightsOf(model), Job.INT8, Scenario.LATENCY, 1);
        Model network = Network.model(job);
        int size = network.input().size();
        results.work().put(model, GraphCost.of(network.graph(), size, size).multiplyAccumulates());
        System.err.println(model + ", quantising");
        String quantized = QuantizedWeights.of(job, peers.resolve("int8")).toString();
        float[] reference = reference(model);
        for (Column column : Column.of(Machine.current().usableThreads())) {
            System.err.println(model + ", " + column.title());
            List<Turn> turns = open(model, quantized, column, reference);
            for (int round = -1; round < options.rounds(); round++) {
                for (Turn turn : List.copyOf(turns)) {
                    try {
                        turn.take(round >= 0);
                    } catch (WorkerException e) {
                        turns.remove(turn);
                        skip(turn.name(), e);
                    }
                }
                Collections.rotate(turns, 1);
                peaks();
            }
            turns.sort(Comparator.comparing((Turn turn) -> turn.entrant.contestant())
                    .thenComparingInt(turn -> turn.order));
            turns.forEach(Turn::finish);
        }
    }

    private void environmentOf(String model) {
        String weights = options.weightsOf(model);
        results.environment()
                .merge(
                        "weights",
                        model + " "
                                + (weights.equals(Job.RANDOM)
                                        ? weights
                                        : Path.of(weights).getFileName()),
                        (all, one) -> all + ", " + one);
    }

    /** Of ONNX Runtime, which is none of ours; of the engine if that does not take part. */
    private float[] reference(String model) {
        WorkerProcess oracle = workers.getOrDefault(
                new Entrant(Contestant.ONNX_RUNTIME, REFERENCE), workers.get(new Entrant(Contestant.GATUN, REFERENCE)));
        if (oracle == null) {
            throw new IllegalStateException("neither ONNX Runtime nor the engine runs, so nothing can be compared");
        }
        return Worker.floats(oracle.ask("reference", model, options.weightsOf(model), REFERENCE_IMAGES)
                .getFirst());
    }

    private List<Turn> open(String model, String quantized, Column column, float[] reference) {
        List<Turn> turns = new ArrayList<>();
        workers.forEach((entrant, worker) -> {
            String weights = entrant.precision().equals(Job.INT8) ? quantized : options.weightsOf(model);
            Turn turn = new Turn(worker, model, weights, entrant, column, turns.size());
            try {
                turn.open(reference);
                turns.add(turn);
            } catch (WorkerException e) {
                skip(turn.name(), e);
            }
        });
        compareInt8(model, turns);
        return turns;
    }

    /** Beside f32 the int8 answers are also compared with each other: they are of the same rounded weights. */
    private void compareInt8(String model, List<Turn> turns) {
        List<Turn> int8 = turns.stream()
                .filter(turn -> turn.entrant.precision().equals(Job.INT8))
                .toList();
        if (int8.size() > 1) {
            double apart = Agreement.error(int8.getFirst().logits, int8.getLast().logits);
            results.int8Apart().merge(model, apart, Math::max);
        }
    }

    /** An entrant's part in a column. */
    private final class Turn {
        private final WorkerProcess worker;
        private final String model;
        private final String weights;
        private final Entrant entrant;
        private final Column column;
        private final int order;
        private final String id;
        private final List<Double> values = new ArrayList<>();
        private final List<Timed> runs = new ArrayList<>();
        private Optional<Scatter> scatter = Optional.empty();
        private String setup = "";
        private float[] logits = {};
        private double error;

        Turn(WorkerProcess worker, String model, String weights, Entrant entrant, Column column, int order) {
            this.worker = worker;
            this.model = model;
            this.weights = weights;
            this.entrant = entrant;
            this.column = column;
            this.order = order;
            this.id = column.id() + "-" + entrant.precision();
        }

        String name() {
            return entrant + ", " + model + ", " + column.title();
        }

        void open(float[] reference) {
            List<Object> command = new ArrayList<>(
                    List.of("open", id, model, weights, entrant.precision(), column.scenario(), column.threads()));
            command.addAll(options.batches());
            setup = worker.ask(command.toArray()).getFirst();
            logits = Worker.floats(worker.ask("logits", id).getFirst());
            error = Agreement.error(logits, reference);
        }

        void take(boolean counts) {
            if (column.scenario() == Scenario.THROUGHPUT) {
                List<Double> taken = rates();
                values.addAll(counts ? taken : List.of());
                return;
            }
            List<Timed> taken = latencies();
            taken.stream().mapToLong(Timed::probe).filter(nanos -> nanos > 0).forEach(calm::add);
            List<Timed> counted = taken.subList(1, taken.size());
            runs.addAll(counts ? counted : List.of());
            if (entrant.contestant() == Contestant.GATUN) {
                scatter(counted, counts);
            }
        }

        /** As many runs as there were, and as long as the quickest. */
        private void scatter(List<Timed> alongside, boolean counts) {
            long quickest = alongside.stream().mapToLong(Timed::nanos).min().orElseThrow();
            Scatter found = scatter.orElseGet(() -> new Scatter(column.threads(), quickest));
            if (counts) {
                found.take(alongside.size());
            }
            scatter = Optional.of(found);
        }

        private List<Timed> latencies() {
            List<String> answer = calm.isKnown() && column.threads() == 1
                    ? worker.ask("probed", id, LATENCY_MILLIS, calm.most())
                    : worker.ask("turn", id, LATENCY_MILLIS);
            return answer.stream().map(Timed::parse).toList();
        }

        private List<Double> rates() {
            return IntStream.range(0, THROUGHPUT_WINDOWS)
                    .mapToObj(_ -> worker.ask("turn", id, THROUGHPUT_MILLIS))
                    .map(answer -> new Rate(Long.parseLong(answer.getFirst()), Long.parseLong(answer.getLast())))
                    .map(Rate::imagesPerSecond)
                    .toList();
        }

        private List<Double> millis(Predicate<Timed> which) {
            return runs.stream()
                    .filter(which)
                    .map(run -> run.nanos() / NANOS_PER_MILLI)
                    .toList();
        }

        private List<Double> scatter() {
            return scatter.stream()
                    .flatMap(found -> found.nanos().stream())
                    .map(nanos -> nanos / NANOS_PER_MILLI)
                    .toList();
        }

        void finish() {
            worker.ask("close", id);
            values.addAll(millis(_ -> true));
            results.measurements()
                    .add(new Measurement(model, entrant, column, setup, values, millis(calm::shows), scatter(), error));
            System.err.printf(
                    Locale.ROOT,
                    "  %-20s %8.1f  %s%n",
                    entrant,
                    values.isEmpty() ? 0 : Quantiles.of(values.stream().sorted().toList(), 0.5),
                    setup);
        }
    }

    private void write() throws IOException {
        Files.createDirectories(options.out());
        String table = Tables.markdown(results);
        Files.writeString(options.out().resolve("compare.md"), table);
        Files.writeString(options.out().resolve("compare.json"), ResultsJson.of(results));
        Files.writeString(options.out().resolve("compare.svg"), Chart.svg(results));
        System.out.print(table);
    }

    @Override
    public void close() {
        workers.values().forEach(WorkerProcess::close);
    }
}
