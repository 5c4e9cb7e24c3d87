package dev.gatun.benchmarks.peers;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Hint;
import dev.gatun.Model;
import dev.gatun.Session;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.OneDnn;
import dev.gatun.runtime.StreamPool;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/** This project's engine: a session for latency, a pool of streams for throughput. */
final class GatunPeer implements Peer {
    @Override
    public String about() {
        return "oneDNN " + OneDnn.version() + " on " + OneDnn.effectiveIsa()
                + "; latency in a session, throughput in a pool of streams; tuned (--tune); int8 reads the images as u8 pixels, NHWC, and"
                + " normalises them within the run, the others as everybody else: f32, NCHW, normalised beforehand";
    }

    /** Streams of one thread each are what the pool has for throughput. */
    @Override
    public List<Setup> setups(Job job) {
        return Setup.of(job, List.of("")).stream()
                .filter(setup -> job.scenario() == Scenario.LATENCY || setup.threads() == 1)
                .toList();
    }

    @Override
    public Lanes open(Job job, Setup setup) {
        Model model = Network.model(job);
        boolean throughput = job.scenario() == Scenario.THROUGHPUT;
        CompileOptions options = CompileOptions.defaults()
                .withPrecision(Precision.named(job.precision()))
                .withInput(job.int8() ? InputFormat.U8_NHWC : InputFormat.F32_NCHW)
                .withHint(throughput ? Hint.THROUGHPUT : Hint.LATENCY)
                .withBatch(setup.batch())
                .withStreams(setup.lanes())
                .withThreads(setup.threads())
                .withTuning(true);
        NativeStack owned = new NativeStack();
        try {
            CompiledModel compiled = owned.push(model.compile(options));
            Arena arena = owned.push(Arena.ofShared());
            MemorySegment src = compiled.allocateSrc(arena);
            MemorySegment images = job.int8()
                    ? MemorySegment.ofArray(Network.pixels(model, setup.batch()))
                    : MemorySegment.ofArray(Network.images(model, setup.batch()));
            src.copyFrom(images);
            MemorySegment dst = compiled.allocateDst(arena);
            return throughput
                    ? new PoolLanes(owned, pool(owned, compiled, src), src, dst)
                    : new SessionLane(owned, owned.push(compiled.newSession()), src, dst);
        } catch (RuntimeException | Error e) {
            owned.close();
            throw e;
        }
    }

    /** Each stream has images of its own, like the lanes of the others. */
    private static StreamPool pool(NativeStack owned, CompiledModel compiled, MemorySegment images) {
        StreamPool pool = owned.push(compiled.newPool());
        pool.onEach(stream -> stream.src().copyFrom(images));
        return pool;
    }

    private record SessionLane(NativeStack owned, Session session, MemorySegment src, MemorySegment dst)
            implements Lanes {
        @Override
        public void run(int lane) {
            session.run(src, dst);
        }

        @Override
        public float[] logits(int lane) {
            return dst.toArray(ValueLayout.JAVA_FLOAT);
        }

        @Override
        public void close() {
            owned.close();
        }
    }

    private record PoolLanes(NativeStack owned, StreamPool pool, MemorySegment src, MemorySegment dst)
            implements Lanes {
        @Override
        public void run(int lane) {
            pool.run(src, dst, pool.model().batch());
        }

        @Override
        public Optional<Rate> rate(long nanos) {
            int batch = pool.model().batch();
            long start = System.nanoTime();
            return Optional.of(Rate.sum(pool.onEach(stream -> {
                long images = 0;
                long elapsed;
                do {
                    stream.run();
                    images += batch;
                    elapsed = System.nanoTime() - start;
                } while (elapsed < nanos);
                return new Rate(images, elapsed);
            })));
        }

        @Override
        public float[] logits(int lane) {
            return dst.toArray(ValueLayout.JAVA_FLOAT);
        }

        @Override
        public void close() {
            owned.close();
        }
    }
}
