package dev.gatun.benchmarks;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Session;
import dev.gatun.onednn.NativeStack;
import dev.gatun.spec.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Batches and, in the counter {@code images}, images a second of all CPUs: a session of one thread on each, one compiled model. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Threads(Threads.MAX)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 3)
@State(Scope.Benchmark)
public class Throughput {
    /** A variant by name. */
    @Param({"resnet18", "resnet50", "resnet152"})
    public String model = "resnet50";

    /** Of activations and weights. */
    @Param({"f32", "bf16", "f16", "int8"})
    public String precision = "f32";

    /** Images of a run. */
    @Param({"1", "8"})
    public int batch = 1;

    private CompiledModel compiled;

    /** Compiles the model. */
    @Setup
    public void open() {
        Precision type = Precision.named(precision);
        compiled = Inputs.model(model, type)
                .compile(CompileOptions.defaults()
                        .withPrecision(type)
                        .withInput(Inputs.format(type))
                        .withBatch(batch)
                        .withThreads(1));
    }

    /** Frees it. */
    @TearDown
    public void close() {
        compiled.close();
    }

    /** A thread's session and memory. */
    @State(Scope.Thread)
    public static class Stream {
        private final NativeStack owned = new NativeStack();
        private Session session;
        private MemorySegment src;
        private MemorySegment dst;

        /** Opens it. */
        @Setup(Level.Trial)
        public void open(Throughput benchmark) {
            session = owned.push(benchmark.compiled.newSession());
            Arena arena = owned.push(Arena.ofShared());
            src = benchmark.compiled.allocateSrc(arena);
            Inputs.fill(src, Inputs.format(Precision.named(benchmark.precision)));
            dst = benchmark.compiled.allocateDst(arena);
        }

        /** Frees it. */
        @TearDown(Level.Trial)
        public void close() {
            owned.close();
        }
    }

    /** What a thread has done. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Done {
        /** Images, as a rate. */
        public long images;
    }

    /** A batch. */
    @Benchmark
    public MemorySegment gatun(Stream stream, Done done) {
        stream.session.run(stream.src, stream.dst);
        done.images += batch;
        return stream.dst;
    }
}
