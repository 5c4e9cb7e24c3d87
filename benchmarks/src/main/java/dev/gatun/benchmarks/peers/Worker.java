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
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A process that runs one peer: it reads a command a line and answers each with a line that begins with {@link #OK} or
 * {@link #FAILED}. Other lines on its standard output are chatter of native libraries.
 *
 * <pre>
 * about                                             version and settings
 * open ID MODEL WEIGHTS PRECISION SCENARIO THREADS  takes the fastest setup and says which
 * turn ID AMOUNT                                    latency: nanoseconds of AMOUNT runs; throughput: images and nanoseconds in AMOUNT ms
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
    private static final int WARM_UP_RUNS = 3;
    private static final int TRIAL_RUNS = 5;
    private static final long TRIAL_NANOS = 700 * NANOS_PER_MILLI;

    private final Peer peer;
    private final Map<String, LaneThreads> open = new HashMap<>();

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
                LaneThreads fastest = fastest(job);
                open.put(command.get(1), fastest);
                yield fastest.setup().toString();
            }
            case "turn" -> turn(command.get(1), Integer.parseInt(command.get(2)));
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

    private String turn(String id, int amount) throws Exception {
        LaneThreads lanes = lanes(id);
        if (id.startsWith(Scenario.THROUGHPUT.name())) {
            Rate rate = lanes.rate(amount * NANOS_PER_MILLI);
            return rate.images() + "\t" + rate.nanos();
        }
        return Arrays.stream(lanes.latencies(amount)).mapToObj(Long::toString).collect(Collectors.joining("\t"));
    }

    /** Tries every setup for a moment and keeps the fastest open. A setup that fails is passed over unless all do. */
    private LaneThreads fastest(Job job) throws Exception {
        List<Setup> setups = peer.setups(job);
        @Nullable LaneThreads best = null;
        @Nullable Exception failure = null;
        double bestScore = Double.NEGATIVE_INFINITY;
        for (Setup setup : setups) {
            try {
                LaneThreads lanes = new LaneThreads(peer.open(job, setup), setup);
                double score = setups.size() == 1 ? 0 : score(job, lanes);
                LaneThreads worse = score > bestScore ? best : lanes;
                best = score > bestScore ? lanes : best;
                bestScore = Math.max(score, bestScore);
                if (worse != null) {
                    worse.close();
                }
            } catch (Exception e) {
                System.err.println(setup + " does not run: " + words(e));
                failure = e;
            }
        }
        if (best == null) {
            throw failure == null ? new IllegalStateException("no setup for " + job) : failure;
        }
        return best;
    }

    private static double score(Job job, LaneThreads lanes) throws Exception {
        lanes.latencies(WARM_UP_RUNS);
        if (job.scenario() == Scenario.THROUGHPUT) {
            return lanes.rate(TRIAL_NANOS).imagesPerSecond();
        }
        long[] times = lanes.latencies(TRIAL_RUNS);
        return -Arrays.stream(times).min().orElseThrow();
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
