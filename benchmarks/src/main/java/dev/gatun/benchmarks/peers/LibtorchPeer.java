package dev.gatun.benchmarks.peers;

import dev.gatun.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** libtorch through org.bytedeco:pytorch, on TorchScript made of our graph. One module for each lane. */
final class LibtorchPeer implements Peer {
    private final List<String> modes;

    /** Offers these modes. */
    LibtorchPeer(List<String> modes) {
        this.modes = modes;
    }

    @Override
    public String about() throws IOException {
        return Loader.getVersion("org.bytedeco", "pytorch") + " with oneDNN "
                + torch.get_mkldnn_version().getString().lines().findFirst().orElse("?")
                + "; inference mode, TorchScript with folded batch normalisation, best of "
                + modes;
    }

    @Override
    public List<Setup> setups(Job job) {
        return Setup.of(job, modes);
    }

    @Override
    public Lanes open(Job job, Setup setup) throws Exception {
        Model model = Network.model(job);
        TorchMode mode = TorchMode.of(setup.mode());
        Path file = Files.createTempFile("gatun-libtorch", ".pt");
        LibtorchLanes lanes = new LibtorchLanes(model, setup);
        try (InferenceMode _ = new InferenceMode(true)) {
            TorchScriptFile.write(model, mode, job.precision(), setup.batch(), file);
            torch.set_num_threads(setup.threads());
            for (int i = 0; i < setup.lanes(); i++) {
                lanes.add(file, mode);
            }
            return lanes;
        } catch (Exception | Error e) {
            lanes.close();
            throw e;
        } finally {
            Files.delete(file);
        }
    }

    private static final class LibtorchLanes implements Lanes {
        private final List<JitModule> modules = new ArrayList<>();
        private final List<float[]> logits = new ArrayList<>();
        private final Tensor images;
        private final FloatPointer values;
        private final int threads;

        LibtorchLanes(Model model, Setup setup) {
            values = new FloatPointer(Network.images(model, setup.batch()));
            images = torch.from_blob(values, Network.shape(model, setup.batch()));
            threads = setup.threads();
        }

        void add(Path file, TorchMode mode) {
            JitModule module = torch.load(file.toString());
            module.eval();
            try (PointerScope _ = new PointerScope()) {
                module.get_method("prepare").apply(new IValueVector(new IValue(images)));
            }
            modules.add(mode == TorchMode.OPTIMIZED ? torch.optimize_for_inference(torch.freeze(module)) : module);
            logits.add(new float[0]);
        }

        /** Threads and inference mode are set for each thread by itself; the mode ends with the thread, so nothing frees it. */
        @Override
        public void enter(int lane) {
            torch.set_num_threads(threads);
            new InferenceMode(true).deallocate(false);
        }

        @Override
        public void run(int lane) {
            try (PointerScope _ = new PointerScope()) {
                Tensor result = modules.get(lane)
                        .forward(new IValueVector(new IValue(images)))
                        .toTensor();
                float[] copy = new float[Math.toIntExact(result.numel())];
                new FloatPointer(result.data_ptr()).get(copy);
                logits.set(lane, copy);
            }
        }

        @Override
        public float[] logits(int lane) {
            return logits.get(lane);
        }

        @Override
        public void close() {
            modules.reversed().forEach(JitModule::close);
            images.close();
            values.close();
        }
    }
}
