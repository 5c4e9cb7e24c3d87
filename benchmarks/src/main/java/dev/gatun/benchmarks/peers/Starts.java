package dev.gatun.benchmarks.peers;

import dev.gatun.Model;
import dev.gatun.ModelWriter;
import dev.gatun.benchmarks.ColdStart;
import dev.gatun.natives.Machine;
import dev.gatun.onnx.OnnxWriter;
import dev.gatun.onnx.QdqWriter;
import dev.gatun.weights.ElementType;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * From the start of a process to its first result, and the memory that it has had resident by then: the engine with its caches empty and filled,
 * and ONNX Runtime, which has none; turn by turn. Writes a Markdown table. Files of weights are in the page cache.
 */
public final class Starts {
    private static final String USAGE = """
            usage: benchmarks/start [MODEL[=WEIGHTS]...] [--rounds N] [--out DIRECTORY]

            Starts a JVM for each result. By default resnet18, resnet50 and resnet152, 12 rounds, the table in
            benchmarks/results/start.md.""";

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double KILO = 1e3;

    /** Those of the command's launcher that matter here, for everybody. */
    private static final List<String> JVM =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmn24m", "--enable-native-access=ALL-UNNAMED");

    private static final String LINKED = ", AOT cache";

    /** Who starts, and from which file; with classes that the JVM has kept linked (JEP 514) or without. */
    private record Entry(String title, String library, String precision, Path file, boolean cold, boolean linked) {}

    /** What came of a start. */
    private record Start(double millis, double residentMegabytes) {}

    private final CompareOptions options;
    private final Path directory;

    private Starts(CompareOptions options, Path directory) {
        this.options = options;
        this.directory = directory;
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
        Path directory = Files.createTempDirectory("gatun-start");
        try {
            String text = new Starts(options, directory).run();
            Files.createDirectories(options.out());
            Files.writeString(options.out().resolve("start.md"), text);
            System.out.print(text);
        } finally {
            ColdStart.delete(directory);
        }
    }

    private String run() throws IOException {
        Machine machine = Machine.current();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s; %s%s; %s; Java %s; a JVM for each start with %s; median of %d starts, turn by turn. Cold: an empty cache directory, so"
                        + " oneDNN is unpacked and verified, AMX probed and the weights packed. AOT cache: the JVM's own, trained by such a"
                        + " start. Resident: the most by the first result.%n",
                LocalDate.now(ZoneOffset.UTC),
                machine.cpuModel(),
                machine.hypervisor() ? ", virtual" : "",
                machine.explainThreads(),
                Runtime.version(),
                String.join(" ", JVM.subList(0, JVM.size() - 1)),
                options.rounds()));
        for (String model : options.models()) {
            List<Entry> entries = entries(model);
            Map<Entry, List<Start>> starts = new HashMap<>();
            for (int round = -1; round < options.rounds(); round++) {
                for (Entry entry : entries) {
                    Start start = start(model, entry, options(entry, round < 0));
                    if (round >= 0) {
                        starts.computeIfAbsent(entry, _ -> new ArrayList<>()).add(start);
                    }
                }
            }
            text.append(String.format(
                    Locale.ROOT,
                    "%n**%s**%n%n| | | start to first result, ms | resident, MB |%n|---|---|---:|---:|%n",
                    model));
            for (Entry entry : entries) {
                List<Start> found = starts.getOrDefault(entry, List.of());
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %.0f | %.0f |%n",
                        entry.title(),
                        entry.precision(),
                        median(found.stream().map(Start::millis).toList()),
                        median(found.stream().map(Start::residentMegabytes).toList())));
            }
        }
        return text.toString();
    }

    private static double median(List<Double> values) {
        return Quantiles.of(values.stream().sorted().toList(), 0.5);
    }

    private List<Entry> entries(String name) throws IOException {
        Job job = new Job(name, options.weightsOf(name), Job.INT8, Scenario.LATENCY, 1);
        Model model = Network.model(job);
        Path weights = directory.resolve(name + ".safetensors");
        ModelWriter.write(model, ElementType.F32, Map.of(), weights);
        Path onnx = directory.resolve(name + ".onnx");
        OnnxWriter.write(model.graph(), name, model.weights()::get, onnx);
        Path int8 = QuantizedWeights.of(job, directory.resolve("int8"));
        Path qdq = directory.resolve(name + "-int8.onnx");
        Model quantized = Network.model(new Job(name, int8.toString(), Job.INT8, Scenario.LATENCY, 1));
        Files.write(
                qdq,
                QdqWriter.toBytes(
                        quantized.quantized().orElseThrow(),
                        name,
                        model.preprocessing().normalization()));
        List<Entry> entries = new ArrayList<>();
        for (String state : List.of("cold", "warm", "warm" + LINKED)) {
            boolean cold = state.equals("cold");
            boolean linked = state.endsWith(LINKED);
            entries.add(new Entry("gatun, " + state, "gatun", "f32", weights, cold, linked));
            entries.add(new Entry("gatun, " + state, "gatun", "bf16", weights, cold, linked));
            entries.add(new Entry("gatun, " + state, "gatun", Job.INT8, int8, cold, linked));
        }
        for (String state : List.of("", LINKED)) {
            String title = Contestant.ONNX_RUNTIME.title() + state;
            boolean linked = state.equals(LINKED);
            entries.add(new Entry(title, "onnxruntime", "f32", onnx, false, linked));
            entries.add(new Entry(title, "onnxruntime", Job.INT8, qdq, false, linked));
        }
        return entries;
    }

    /** The first round, which is not counted, fills all caches. */
    private List<String> options(Entry entry, boolean first) {
        Path aot = directory.resolve(entry.file().getFileName() + "-" + entry.precision() + ".aot");
        if (!entry.linked()) {
            return List.of();
        }
        return first ? List.of("-XX:AOTCacheOutput=" + aot) : List.of("-XX:AOTCache=" + aot, "-XX:AOTMode=on");
    }

    /** Waits for the end of the process, since the JVM writes its cache there. */
    private Start start(String model, Entry entry, List<String> options) throws IOException {
        Path cache = directory.resolve(entry.cold() ? "cold-" + UUID.randomUUID() : "warm");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(options);
        command.add("-Dgatun.cache.dir=" + cache);
        command.addAll(List.of(
                ColdStart.First.class.getName(),
                entry.library(),
                entry.precision(),
                model,
                entry.file().toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        // ONNX Runtime 1.29 ends with a segmentation fault where the command line has more than some 4,000 characters.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        long began = System.nanoTime();
        Process process = builder.start();
        double millis = Double.NaN;
        double kilobytes = Double.NaN;
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(ColdStart.First.RESULT)) {
                    millis = (System.nanoTime() - began) / NANOS_PER_MILLI;
                } else if (line.startsWith(ColdStart.First.RESIDENT)) {
                    kilobytes = kilobytes(line);
                }
            }
        } finally {
            if (entry.cold()) {
                ColdStart.delete(cache);
            }
        }
        if (Double.isNaN(millis) || Double.isNaN(kilobytes)) {
            throw new WorkerException("the process ended without a result: " + command);
        }
        return new Start(millis, kilobytes / KILO);
    }

    /** The number in a line of /proc/self/status, such as {@code VmHWM:    123 kB}. */
    static double kilobytes(String line) {
        return Double.parseDouble(line.replaceAll("\\D+", ""));
    }
}
