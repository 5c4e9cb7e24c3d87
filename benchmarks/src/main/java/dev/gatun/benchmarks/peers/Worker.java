package dev.gatun.benchmarks.peers;

import dev.gatun.Model;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A process that runs one peer: it reads a command a line and answers each with a line that begins with {@link #OK} or
 * {@link #FAILED}. Other lines on its standard output are chatter of native libraries.
 *
 * <pre>
 * about                                             version and settings
 * open ID MODEL WEIGHTS PRECISION SCENARIO THREADS [BATCH...]  takes the fastest setup and says which
 * turn ID MILLIS                                    about that long; latency: each run as {@link Timed}; throughput: images and nanoseconds
 * probed ID MILLIS QUIET                            latency, between {@link Probe}s, where QUIET nanoseconds show a core that is alone
 * logits ID                                         base64 of f32 logits, little endian
 * reference MODEL WEIGHTS COUNT                     the same of COUNT images in f32
 * close ID
 * </pre>
 *
 * Fields are separated by tabs. The process ends with its input.
 */
final class Worker {
    static final String OK = "@ok";
    static final String FAILED = "@failed";

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int OPEN_FIELDS = 7;

    /** Runs of a turn at least: the first does not count. */
    private static final int TURN_RUNS = 5;

    /** Runs of a turn on a core that is alone, if that can be had in {@link #PATIENCE} times the time. */
    private static final int CALM_RUNS = 8;

    private static final int PATIENCE = 5;

    /** TorchScript compiles what it has seen run, from the second run on. */
    private static final int WARM_UP_RUNS = 3;

    private static final int TRIAL_RUNS = 3;
    private static final long TRIAL_NANOS = 500 * NANOS_PER_MILLI;

    /** Batches that take longer than this are not tried: what costs so much has long shared what a batch can share. */
    private static final double LONGEST_RUN_SECONDS = 0.8;

    private final Peer peer;

    /** Asked for when it is first needed, after the peer has got what permissions it wants. */
    private Optional<Probe> probe = Optional.empty();

    private final Map<String, LaneThreads> open = new HashMap<>();

    /** What was fastest for the first model, by precision, scenario and threads: of the others only batches are tried. */
    private final Map<String, Setup> favourites = new HashMap<>();

    Worker(Peer peer) {
        this.peer = peer;
    }

    /** Serves the peer that the first argument names until standard input ends. */
    public static void main(String[] args) throws IOException {
        PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        @Nullable Worker worker = null;
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String answer;
            try {
                if (worker == null) {
                    worker = new Worker(Contestant.valueOf(args[0]).newPeer());
                }
                answer = OK + '\t' + worker.answer(List.of(line.split("\t", -1)));
            } catch (Exception | LinkageError e) {
                answer = FAILED + '\t' + words(e);
            }
            answers.println(answer);
        }
        // Native libraries may have left threads that are not daemons.
        System.exit(0);
    }

    /** The first line of a failure's message. */
    static String words(Throwable failure) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        String first = message.lines().findFirst().orElse("").replace('\t', ' ').strip();
        return failure.getClass().getSimpleName() + (first.isEmpty() ? "" : ": " + first);
    }

    String answer(List<String> command) throws Exception {
        return switch (command.getFirst()) {
            case "about" -> peer.about();
            case "open" -> {
                Job job = new Job(
                        command.get(2),
                        command.get(3),
                        command.get(4),
                        Scenario.valueOf(command.get(5)),
                        Integer.parseInt(command.get(6)));
                List<Integer> batches =
                        command.stream().skip(OPEN_FIELDS).map(Integer::valueOf).toList();
                LaneThreads fastest = fastest(job, batches.isEmpty() ? Setup.BATCHES : batches);
                open.put(command.get(1), fastest);
                yield fastest.setup().toString();
            }
            case "turn" -> turn(command.get(1), Long.parseLong(command.get(2)));
            case "probed" -> probed(command.get(1), Long.parseLong(command.get(2)), Long.parseLong(command.get(3)));
            case "logits" -> base64(lanes(command.get(1)).logits());
            case "reference" -> reference(command.get(1), command.get(2), Integer.parseInt(command.get(3)));
            case "close" -> {
                lanes(command.get(1)).close();
                open.remove(command.get(1));
                yield "";
            }
            default -> throw new IllegalArgumentException("unknown command " + command.getFirst());
        };
    }

    private LaneThreads lanes(String id) {
        LaneThreads lanes = open.get(id);
        if (lanes == null) {
            throw new IllegalArgumentException("nothing is open as " + id);
        }
        return lanes;
    }

    private String turn(String id, long millis) throws Exception {
        LaneThreads lanes = lanes(id);
        if (id.startsWith(Scenario.THROUGHPUT.name())) {
            Rate rate = lanes.rate(millis * NANOS_PER_MILLI);
            return rate.images() + "\t" + rate.nanos();
        }
        return words(lanes.latencies(TURN_RUNS, millis * NANOS_PER_MILLI).stream()
                .map(nanos -> new Timed(nanos, 0))
                .toList());
    }

    private String probed(String id, long millis, long quiet) throws Exception {
        probe = probe.or(Probe::of);
        return probe.isEmpty()
                ? turn(id, millis)
                : words(lanes(id)
                        .probed(TURN_RUNS, millis * NANOS_PER_MILLI, probe.orElseThrow(), CALM_RUNS, quiet, PATIENCE));
    }

    private static String words(List<Timed> runs) {
        return runs.stream().map(Timed::toString).collect(Collectors.joining("\t"));
    }

    /** Takes the fastest setup, for throughput then with the fastest batch. */
    private LaneThreads fastest(Job job, List<Integer> batches) throws Exception {
        boolean throughput = job.scenario() == Scenario.THROUGHPUT;
        String kind = job.precision() + job.scenario() + job.threads();
        @Nullable Setup favourite = favourites.get(kind);
        int first = throughput ? batches.get(batches.size() / 2) : 1;
        List<Setup> setups = peer.setups(job).stream()
                .filter(setup -> favourite == null || favourite.isLike(setup))
                .map(setup -> setup.withBatch(first))
                .toList();
        List<Integer> others =
                throughput ? batches.stream().filter(batch -> batch != first).toList() : List.of();
        Trials trials = new Trials(job);
        for (Setup setup : setups) {
            trials.take(setup, setups.size() + others.size() > 1);
        }
        for (int batch : others) {
            Setup setup = trials.best().setup().withBatch(batch);
            if (batch < first || setup.images() <= trials.bestScore * LONGEST_RUN_SECONDS) {
                trials.take(setup, true);
            }
        }
        favourites.putIfAbsent(kind, trials.best().setup());
        return trials.best();
    }

    /** Tries setups for a moment each and keeps the fastest open. A setup that fails is passed over unless all do. */
    private final class Trials {
        private final Job job;
        private @Nullable LaneThreads best;
        private @Nullable Exception failure;
        private double bestScore = Double.NEGATIVE_INFINITY;

        Trials(Job job) {
            this.job = job;
        }

        void take(Setup setup, boolean measure) {
            @Nullable LaneThreads worse = null;
            try {
                LaneThreads lanes = new LaneThreads(peer.open(job, setup), setup);
                worse = lanes;
                double score = measure ? score(job, lanes) : 0;
                if (score > bestScore) {
                    worse = best;
                    best = lanes;
                    bestScore = score;
                }
            } catch (Exception e) {
                System.err.println(setup + " does not run: " + words(e));
                failure = e;
            } finally {
                if (worse != null) {
                    worse.close();
                }
            }
        }

        LaneThreads best() throws Exception {
            LaneThreads found = best;
            if (found == null) {
                throw failure == null ? new IllegalStateException("no setup for " + job) : failure;
            }
            return found;
        }
    }

    /** Images a second, or nanoseconds of the fastest run below zero. */
    private static double score(Job job, LaneThreads lanes) throws Exception {
        lanes.latencies(WARM_UP_RUNS, 0);
        if (job.scenario() == Scenario.THROUGHPUT) {
            return lanes.rate(TRIAL_NANOS).imagesPerSecond();
        }
        return -Collections.min(lanes.latencies(TRIAL_RUNS, 0));
    }

    private String reference(String name, String weights, int count) throws Exception {
        Job job = new Job(name, weights, "f32", Scenario.LATENCY, 1);
        Setup first = peer.setups(job).getFirst();
        Setup setup = new Setup(first.mode(), 1, 1, count);
        Model model = Network.model(job);
        try (LaneThreads lanes = new LaneThreads(peer.open(job, setup), setup)) {
            float[] logits = lanes.logits();
            int expected = count * model.classes();
            if (logits.length != expected) {
                throw new IllegalStateException("expected " + expected + " logits, found " + logits.length);
            }
            return base64(logits);
        }
    }

    static String base64(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    static float[] floats(String base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
