package dev.gatun.benchmarks.peers;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtModel;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.translate.NoopTranslator;
import dev.gatun.Model;
import dev.gatun.onednn.NativeStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** DJL's PyTorch engine on the same TorchScript, one predictor for each lane. */
final class DjlPeer implements Peer {
    private static final String ENGINE = "PyTorch";

    /** DJL runs no passes of TorchScript, so this is the fastest of the ordinary modes. */
    private static final TorchMode MODE = TorchMode.CHANNELS_LAST;

    @Override
    public String about() {
        return Engine.getEngine(ENGINE).getVersion() + " (DJL " + Engine.getDjlVersion()
                + "); TorchScript with folded batch normalisation, " + MODE;
    }

    @Override
    public List<Setup> setups(Job job) {
        return Setup.of(job, List.of(MODE.toString()));
    }

    @Override
    public Lanes open(Job job, Setup setup) throws Exception {
        Model model = Network.model(job);
        DjlLanes lanes = new DjlLanes(model, setup);
        Path directory = Files.createTempDirectory("gatun-djl");
        Path file = directory.resolve("resnet.pt");
        try {
            TorchScriptFile.write(model, TorchMode.of(setup.mode()), job.precision(), setup.batch(), file);
            JniUtils.setNumThreads(setup.threads());
            for (int i = 0; i < setup.lanes(); i++) {
                lanes.add(directory);
            }
            return lanes;
        } catch (Exception | Error e) {
            lanes.close();
            throw e;
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    private static final class DjlLanes implements Lanes {
        private final NDManager manager = NDManager.newBaseManager(Device.cpu(), ENGINE);
        private final NativeStack owned = new NativeStack();
        private final List<Predictor<NDList, NDList>> predictors = new ArrayList<>();
        private final List<float[]> logits = new ArrayList<>();
        private final NDArray images;
        private final int threads;

        DjlLanes(Model model, Setup setup) {
            owned.push(manager);
            images = manager.create(
                    Network.images(model, setup.batch()), new Shape(Network.shape(model, setup.batch())));
            threads = setup.threads();
        }

        void add(Path directory) throws Exception {
            PtModel model = owned.push((PtModel) ai.djl.Model.newInstance("resnet", Device.cpu(), ENGINE));
            model.load(directory);
            try (IValue argument = IValue.from((PtNDArray) images);
                    IValue result = IValueUtils.runMethod((PtSymbolBlock) model.getBlock(), "prepare", argument)) {
                if (!result.isTensor()) {
                    throw new IllegalStateException("prepare() gave no tensor");
                }
            }
            predictors.add(owned.push(model.newPredictor(new NoopTranslator(null))));
            logits.add(new float[0]);
        }

        @Override
        public void enter(int lane) {
            JniUtils.setNumThreads(threads);
        }

        @Override
        public void run(int lane) throws Exception {
            try (NDList result = predictors.get(lane).predict(new NDList(images))) {
                logits.set(lane, result.singletonOrThrow().toFloatArray());
            }
        }

        @Override
        public float[] logits(int lane) {
            return logits.get(lane);
        }

        @Override
        public void close() {
            owned.close();
        }
    }
}
