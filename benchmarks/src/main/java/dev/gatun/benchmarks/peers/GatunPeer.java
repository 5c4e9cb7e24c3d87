package dev.gatun.benchmarks.peers;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Model;
import dev.gatun.Session;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.OneDnn;
import dev.gatun.spec.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** This project's engine: one compiled model, a session for each lane. */
final class GatunPeer implements Peer {
    @Override
    public String about() {
        return "oneDNN " + OneDnn.version() + " on " + OneDnn.effectiveIsa() + "; sessions of one compiled model";
    }

    @Override
    public List<Setup> setups(Job job) {
        return Setup.of(job, List.of(""));
    }

    @Override
    public Lanes open(Job job, Setup setup) {
        Model model = Network.model(job);
        CompileOptions options = CompileOptions.defaults()
                .withPrecision(Precision.named(job.precision()))
                .withBatch(setup.batch())
                .withThreads(setup.threads());
        NativeStack owned = new NativeStack();
        try {
            CompiledModel compiled = owned.push(model.compile(options));
            List<Lane> lanes = new ArrayList<>();
            for (int i = 0; i < setup.lanes(); i++) {
                Session session = owned.push(compiled.newSession());
                Arena arena = owned.push(Arena.ofShared());
                MemorySegment src = compiled.allocateSrc(arena);
                MemorySegment.copy(
                        MemorySegment.ofArray(Network.images(model, setup.batch())), 0, src, 0, compiled.srcBytes());
                lanes.add(new Lane(session, src, compiled.allocateDst(arena)));
            }
            return new GatunLanes(owned, lanes);
        } catch (RuntimeException | Error e) {
            owned.close();
            throw e;
        }
    }

    private record Lane(Session session, MemorySegment src, MemorySegment dst) {}

    private record GatunLanes(NativeStack owned, List<Lane> lanes) implements Lanes {
        @Override
        public void run(int lane) {
            Lane one = lanes.get(lane);
            one.session().run(one.src(), one.dst());
        }

        @Override
        public float[] logits(int lane) {
            return lanes.get(lane).dst().toArray(ValueLayout.JAVA_FLOAT);
        }

        @Override
        public void close() {
            owned.close();
        }
    }
}
