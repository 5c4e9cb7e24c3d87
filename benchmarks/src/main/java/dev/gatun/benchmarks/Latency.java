package dev.gatun.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Model;
import dev.gatun.Session;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onnx.OnnxWriter;
import dev.gatun.spec.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
 * One run of a model with random weights, in milliseconds: the engine, and ONNX Runtime on the same weights and images. With
 * {@code -prof gc}, {@code gc.alloc.rate.norm} says what a run allocates on the heap.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 3)
@State(Scope.Benchmark)
public class Latency {
    /** A variant by name. */
    @Param({"resnet18", "resnet50", "resnet152"})
    public String model = "resnet50";

    /** OpenMP threads of the engine, intra-op threads of ONNX Runtime. */
    @Param({"1", "2"})
    public int threads = 1;

    /** Images of a run. */
    @Param("1")
    public int batch = 1;

    /** The engine. */
    @State(Scope.Benchmark)
    public static class Gatun {
        /** Of activations and weights. */
        @Param({"f32", "bf16", "f16", "int8"})
        public String precision = "f32";

        private final NativeStack owned = new NativeStack();
        private Session session;
        private MemorySegment src;
        private MemorySegment dst;

        /** Compiles the model. */
        @Setup(Level.Trial)
        public void open(Latency run) {
            Precision type = Precision.named(precision);
            CompileOptions options = CompileOptions.defaults()
                    .withPrecision(type)
                    .withInput(Inputs.format(type))
                    .withBatch(run.batch)
                    .withThreads(run.threads);
            CompiledModel compiled = owned.push(Inputs.model(run.model, type).compile(options));
            session = owned.push(compiled.newSession());
            Arena arena = owned.push(Arena.ofShared());
            src = compiled.allocateSrc(arena);
            Inputs.fill(src, Inputs.format(type));
            dst = compiled.allocateDst(arena);
        }

        /** Frees it. */
        @TearDown
        public void close() {
            owned.close();
        }
    }

    /** ONNX Runtime with its own defaults but for the threads. */
    @State(Scope.Benchmark)
    public static class OnnxRuntime {
        private OrtSession session;
        private OnnxTensor images;

        /** Loads the model that the engine writes. */
        @Setup(Level.Trial)
        public void open(Latency run) throws OrtException {
            Model model = Inputs.model(run.model);
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(run.threads);
                byte[] onnx = OnnxWriter.toBytes(model.graph(), run.model, model.weights()::get);
                session = environment.createSession(onnx, options);
            }
            int size = model.input().size();
            long[] shape = {run.batch, 3, size, size};
            images = OnnxTensor.createTensor(
                    environment, FloatBuffer.wrap(Inputs.images(run.batch * 3 * size * size)), shape);
        }

        /** Frees it. */
        @TearDown
        public void close() throws OrtException {
            images.close();
            session.close();
        }
    }

    /** The engine. */
    @Benchmark
    public MemorySegment gatun(Gatun gatun) {
        gatun.session.run(gatun.src, gatun.dst);
        return gatun.dst;
    }

    /** ONNX Runtime through its Java binding, f32. */
    @Benchmark
    public Object onnxRuntime(OnnxRuntime runtime) throws OrtException {
        try (OrtSession.Result result = runtime.session.run(Map.of(GraphBuilder.INPUT, runtime.images))) {
            return result.get(0).getValue();
        }
    }
}
