package dev.gatun.cli;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Hint;
import dev.gatun.bench.ClosedLoop;
import dev.gatun.bench.RateSearch;
import dev.gatun.bench.ServerLoad;
import dev.gatun.bench.Throughput;
import dev.gatun.graph.GraphCost;
import dev.gatun.profile.Peak;
import dev.gatun.runtime.Batcher;
import dev.gatun.runtime.StreamPool;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun bench}. */
@Command(
        name = "bench",
        description = "Measure how fast a model is computed.",
        footer = {
            "",
            "latency: one batch after another on one stream. throughput: the same on a stream for each core. server: single"
                    + " images at random times; finds the highest rate at which 99 %% are answered within 15 ms, or tries"
                    + " --qps; a time counts from when the image was due. A search tries each rate until two tries agree, and"
                    + " ends a try when too many are late; --qps is tried for the whole time.",
            "Percent of peak: against multiply-accumulates that the cores in use can do at most in the type, measured first."
        })
final class BenchCommand implements Callable<Integer> {
    /** Server of ResNet-50: MLPerf Inference rules, table of latency constraints. */
    private static final Duration BOUND = Duration.ofMillis(15);

    private static final double RATE_PRECISION = 0.02;
    private static final int LOOPS = 3;
    private static final double LOOP_SECONDS = 2;
    private static final double WARMUP_SHARE = 0.2;
    private static final double NANOS_PER_SECOND = 1e9;

    /** What is measured. */
    enum Scenario {
        LATENCY(Hint.LATENCY),
        THROUGHPUT(Hint.THROUGHPUT),
        SERVER(Hint.THROUGHPUT);

        private final Hint hint;

        Scenario(Hint hint) {
            this.hint = hint;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Mixin
    private ComputeOptions computeOptions = new ComputeOptions();

    @Mixin
    private SizeOptions sizeOptions = new SizeOptions();

    @Option(
            names = "--scenario",
            paramLabel = "S",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Scenario scenario = Scenario.LATENCY;

    @Option(names = "--qps", paramLabel = "Q", description = "server: try this rate only, in images a second.")
    private @Nullable Double qps;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long to measure; server: each try of a rate (default: ${DEFAULT-VALUE}).")
    private double seconds = 10;

    @Option(
            names = "--max-delay",
            paramLabel = "MS",
            description =
                    "server: how long an image may wait for others to share its batch (default: ${DEFAULT-VALUE}).")
    private double maxDelayMillis = 1;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "server: seed of the arrivals (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    BenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        check();
        OpenModel opened = computeOptions.timed(modelOptions.open(terminal), terminal);
        CompileOptions options = sizeOptions
                .apply(computeOptions.compile(opened, computeOptions.threads()))
                .withHint(scenario.hint);
        if (scenario == Scenario.SERVER && !sizeOptions.batchAsked()) {
            // A batch that is good for throughput alone would take longer than the bound.
            options = options.withBatch(1);
        }
        try (CompiledModel compiled = opened.compile(options)) {
            Peak peak = Peak.of(options.precision());
            long work = GraphCost.of(
                            opened.model().graph(),
                            compiled.srcShape().dim(2),
                            compiled.srcShape().dim(3))
                    .multiplyAccumulates();
            BenchReport report = new BenchReport(
                    opened.model().name(),
                    opened.weights(),
                    options,
                    scenario.toString(),
                    seconds,
                    compiled,
                    work,
                    peak);
            if (scenario == Scenario.SERVER) {
                server(compiled, report);
            } else {
                report.print(terminal, json, closedLoop(compiled, duration(seconds)));
            }
        }
        return ExitCode.OK;
    }

    private void check() {
        if (!(seconds > 0 && seconds <= Duration.ofDays(1).toSeconds())) {
            throw usage("--seconds is " + seconds + ", expected more than 0 and at most a day");
        }
        if (qps != null && scenario != Scenario.SERVER) {
            throw usage("--qps goes with --scenario server");
        }
        if (qps != null && !(qps > 0 && qps <= NANOS_PER_SECOND)) {
            throw usage("--qps is " + qps + ", expected more than 0");
        }
        if (!(maxDelayMillis >= 0 && maxDelayMillis <= Duration.ofMinutes(1).toMillis())) {
            throw usage("--max-delay is " + maxDelayMillis + ", expected 0 to 60000");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos((long) (seconds * NANOS_PER_SECOND));
    }

    private static Throughput closedLoop(CompiledModel compiled, Duration measure) {
        try (StreamPool pool = compiled.newPool()) {
            return ClosedLoop.run(pool, duration(WARMUP_SHARE * measure.toNanos() / NANOS_PER_SECOND), measure);
        }
    }

    private void server(CompiledModel compiled, BenchReport report) {
        // Also warms up. What else the machine does makes it less and never more.
        double ceiling = IntStream.range(0, LOOPS)
                .mapToDouble(_ -> closedLoop(compiled, duration(loopSeconds())).imagesPerSecond())
                .max()
                .orElseThrow();
        try (Batcher batcher =
                compiled.newBatcher(duration(maxDelayMillis / 1e3), Math.max(BenchReport.QUEUE, compiled.batch()))) {
            ServerLoad load = new ServerLoad(batcher, BOUND, seed);
            BenchReport.Load setting = new BenchReport.Load(BOUND, maxDelayMillis, seed, ceiling);
            if (qps == null) {
                BenchReport.Search search = search(load, ceiling);
                report.print(terminal, json, setting, search.found(), Optional.of(search));
            } else {
                report.print(terminal, json, setting, load.run(qps, duration(seconds)), Optional.empty());
            }
        }
    }

    private double loopSeconds() {
        return Math.min(seconds, LOOP_SECONDS);
    }

    private BenchReport.Search search(ServerLoad load, double ceiling) {
        int rates = RateSearch.rates(RATE_PRECISION);
        double mostSeconds = rates * RateSearch.TRIES * seconds;
        terminal.err()
                .println(String.format(
                        Locale.ROOT,
                        "up to %d rates, each tried for about %s s until two tries agree: at most %.1f s",
                        rates,
                        seconds,
                        mostSeconds));
        Map<Double, ServerLoad.Trial> borne = new HashMap<>();
        AtomicInteger tries = new AtomicInteger();
        long start = System.nanoTime();
        double highest = RateSearch.highest(ceiling, RATE_PRECISION, rate -> {
            tries.incrementAndGet();
            ServerLoad.Trial trial = load.attempt(rate, duration(seconds));
            terminal.err()
                    .println(String.format(
                            Locale.ROOT,
                            "%.1f images/s: p99 %.2f ms%s",
                            rate,
                            BenchReport.millis(trial.latencies().p99()),
                            trial.bears() ? "" : ", too many"));
            if (trial.bears()) {
                borne.put(rate, trial);
            }
            return trial.bears();
        });
        ServerLoad.Trial found = borne.get(highest);
        if (found == null) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "no rate down to %.1f images a second is answered within %d ms: a single run may take longer than that",
                    RATE_PRECISION * ceiling,
                    BOUND.toMillis()));
        }
        double took = (System.nanoTime() - start) / NANOS_PER_SECOND;
        return new BenchReport.Search(found, tries.get(), took, mostSeconds);
    }
}
