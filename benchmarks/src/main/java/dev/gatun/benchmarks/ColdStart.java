package dev.gatun.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.DrawnQuantization;
import dev.gatun.Model;
import dev.gatun.Preload;
import dev.gatun.ResNet;
import dev.gatun.Session;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.onnx.OnnxWriter;
import dev.gatun.quantize.QuantizedFile;
import dev.gatun.spec.Precision;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.weights.ElementType;
import dev.gatun.weights.RandomWeights;
import dev.gatun.weights.SafetensorsWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the start of a process to its first result: a JVM of its own that loads the library, reads the weights from a file in the page
 * cache, makes the network ready and runs one image. The engine has its own caches filled by the first start, which does not count, or empty;
 * ONNX Runtime has none.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 8)
@State(Scope.Benchmark)
public class ColdStart {
    private static final long SEED = 1;
    private static final String CACHES = "caches";

    /** A variant by name. */
    @Param("resnet50")
    public String model = "resnet50";

    /** Whether the engine finds what former starts left: oneDNN unpacked, AMX probed and the weights packed. */
    @Param({"warm", "cold"})
    public String caches = "warm";

    private Path directory = Path.of("");
    private Path safetensors = Path.of("");
    private Path onnx = Path.of("");

    /** Writes the same weights in both containers, and quantised. */
    @Setup
    public void write() throws IOException {
        directory = Files.createTempDirectory("gatun-cold-start");
        safetensors = directory.resolve(model + ".safetensors");
        onnx = directory.resolve(model + ".onnx");
        ResNetSpec spec = ResNet.named(model).spec();
        RandomWeights weights =
                RandomWeights.trainedLike(GraphBuilder.build(spec).parameters(), SEED);
        SafetensorsWriter.write(safetensors, weights, ElementType.F32, Map.of());
        Model written = ResNet.named(model).weights(safetensors);
        OnnxWriter.write(written.graph(), model, written.weights()::get, onnx);
    }

    /** The same weights quantised, which takes long enough to leave it to those who run them. */
    @State(Scope.Benchmark)
    public static class Quantized {
        private Path file = Path.of("");

        /** Writes them beside the others. */
        @Setup
        public void write(ColdStart benchmark) {
            file = benchmark.directory.resolve(benchmark.model + "-int8.safetensors");
            Model written = ResNet.named(benchmark.model).weights(benchmark.safetensors);
            QuantizedFile.write(DrawnQuantization.of(written), file);
        }
    }

    /** Empties the caches, where they are to be empty. */
    @Setup(Level.Iteration)
    public void forget() throws IOException {
        if (caches.equals("cold")) {
            delete(directory.resolve(CACHES));
        }
    }

    /** Removes the files. */
    @TearDown
    public void remove() throws IOException {
        delete(directory);
    }

    /** Deletes a directory with all that is in it, if it is there. */
    public static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** The engine in f32. */
    @Benchmark
    public String gatunF32() throws IOException {
        return firstResult("gatun", "f32", model, safetensors.toString());
    }

    /** The engine in bf16. */
    @Benchmark
    public String gatunBf16() throws IOException {
        return firstResult("gatun", "bf16", model, safetensors.toString());
    }

    /** The engine in int8. */
    @Benchmark
    public String gatunInt8(Quantized quantized) throws IOException {
        return firstResult("gatun", "int8", model, quantized.file.toString());
    }

    /** ONNX Runtime in f32. */
    @Benchmark
    public String onnxRuntimeF32() throws IOException {
        return firstResult("onnxruntime", "f32", model, onnx.toString());
    }

    /** What a process says first; the benchmark's time ends there, and the process soon after. */
    private String firstResult(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Dgatun.cache.dir=" + directory.resolve(CACHES),
                First.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        // ONNX Runtime 1.29 ends with a segmentation fault where the command line has more than some 4,000 characters.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(First.RESULT)) {
                    return line;
                }
            }
        }
        throw new IllegalStateException("the process ended without a result: " + command);
    }

    /** The process that is started: library, precision, model and file are its arguments. */
    public static final class First {
        /** Begins the line with the first logit. */
        public static final String RESULT = "first logit ";

        /** Begins the line with the most memory that was ever resident, which Linux alone tells. */
        public static final String RESIDENT = "VmHWM:";

        private First() {}

        /** Runs one image and prints the first logit. */
        public static void main(String[] args) throws OrtException, IOException {
            float logit = args[0].equals("gatun")
                    ? gatun(Precision.named(args[1]), args[2], Path.of(args[3]))
                    : onnxRuntime(args[2], args[3]);
            System.out.println(RESULT + logit);
            Path status = Path.of("/proc/self/status");
            if (Files.exists(status)) {
                Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith(RESIDENT))
                        .forEach(System.out::println);
            }
        }

        static float gatun(Precision precision, String variant, Path weights) {
            Preload.start();
            Model model = ResNet.named(variant).weights(weights);
            CompileOptions options =
                    CompileOptions.defaults().withPrecision(precision).withInput(Inputs.format(precision));
            try (Arena arena = Arena.ofShared();
                    CompiledModel compiled = model.compile(options);
                    Session session = compiled.newSession()) {
                MemorySegment src = compiled.allocateSrc(arena);
                Inputs.fill(src, Inputs.format(precision));
                MemorySegment dst = compiled.allocateDst(arena);
                session.run(src, dst);
                return dst.get(ValueLayout.JAVA_FLOAT, 0);
            }
        }

        static float onnxRuntime(String variant, String file) throws OrtException {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            int size = ResNet.named(variant).spec().input().size();
            long[] shape = {1, 3, size, size};
            try (OrtSession session = environment.createSession(file);
                    OnnxTensor images = OnnxTensor.createTensor(
                            environment, FloatBuffer.wrap(Inputs.images(3 * size * size)), shape);
                    OrtSession.Result result = session.run(Map.of(GraphBuilder.INPUT, images))) {
                return ((float[][]) result.get(0).getValue())[0][0];
            }
        }
    }
}
