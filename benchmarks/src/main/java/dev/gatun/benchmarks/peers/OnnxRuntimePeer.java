package dev.gatun.benchmarks.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.gatun.Model;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onnx.OnnxWriter;
import dev.gatun.onnx.QdqWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** ONNX Runtime through its Java binding on the file that the engine writes, in int8 as QDQ: all graph optimisations, a session for each lane, results into memory bound once. */
final class OnnxRuntimePeer implements Peer {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

    @Override
    public String about() {
        return environment.getVersion()
                + "; all graph optimisations, intra-op threads as given, spinning as by default, results into bound memory;"
                + " int8 as QDQ of the engine's own file";
    }

    @Override
    public List<Setup> setups(Job job) {
        return Setup.of(job, List.of(""));
    }

    @Override
    public Lanes open(Job job, Setup setup) throws Exception {
        Model model = Network.model(job);
        byte[] onnx = onnx(job, model);
        OnnxLanes lanes = new OnnxLanes();
        try {
            for (int i = 0; i < setup.lanes(); i++) {
                lanes.add(onnx, model, setup);
            }
            return lanes;
        } catch (OrtException | RuntimeException | Error e) {
            lanes.close();
            throw e;
        }
    }

    private static byte[] onnx(Job job, Model model) {
        return job.int8()
                ? QdqWriter.toBytes(
                        model.quantized().orElseThrow(),
                        job.model(),
                        model.preprocessing().normalization())
                : OnnxWriter.toBytes(model.graph(), job.model(), model.weights()::get);
    }

    private record Lane(OrtSession session, OnnxTensor images, OnnxTensor logits, FloatBuffer values) {}

    private final class OnnxLanes implements Lanes {
        private final NativeStack owned = new NativeStack();
        private final List<Lane> lanes = new ArrayList<>();

        private void add(byte[] onnx, Model model, Setup setup) throws OrtException {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(setup.threads());
                options.setInterOpNumThreads(1);
                options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
                OrtSession session = owned.push(environment.createSession(onnx, options));
                FloatBuffer images = direct(Network.images(model, setup.batch()));
                long[] shape = {setup.batch(), model.classes()};
                FloatBuffer values = direct(new float[Math.toIntExact(shape[0] * shape[1])]);
                lanes.add(new Lane(
                        session,
                        owned.push(OnnxTensor.createTensor(environment, images, Network.shape(model, setup.batch()))),
                        owned.push(OnnxTensor.createTensor(environment, values, shape)),
                        values));
            }
        }

        private static FloatBuffer direct(float[] values) {
            FloatBuffer buffer = ByteBuffer.allocateDirect(values.length * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
            return buffer.put(values).flip();
        }

        @Override
        public void run(int lane) throws OrtException {
            Lane one = lanes.get(lane);
            one.session()
                    .run(Map.of(GraphBuilder.INPUT, one.images()), Map.of(GraphBuilder.LOGITS, one.logits()))
                    .close();
        }

        @Override
        public float[] logits(int lane) {
            FloatBuffer values = lanes.get(lane).values().duplicate();
            float[] logits = new float[values.remaining()];
            values.get(logits);
            return logits;
        }

        @Override
        public void close() {
            owned.close();
        }
    }
}
