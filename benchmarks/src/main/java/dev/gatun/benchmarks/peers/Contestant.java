package dev.gatun.benchmarks.peers;

import java.util.List;

/** Who is compared. */
enum Contestant {
    /** This project. */
    GATUN("gatun", "gatun", List.of("f32", "bf16", "f16"), List.of()) {
        @Override
        Peer newPeer() {
            return new GatunPeer();
        }
    },
    /** Microsoft's, through its Java binding. */
    ONNX_RUNTIME("ONNX Runtime", "onnxruntime", List.of("f32"), List.of()) {
        @Override
        Peer newPeer() {
            return new OnnxRuntimePeer();
        }
    },
    /** PyTorch's library through org.bytedeco:pytorch. */
    LIBTORCH("libtorch", "libtorch", List.of("f32", "bf16"), List.of("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0")) {
        @Override
        Peer newPeer() {
            return new LibtorchPeer(TorchMode.ordinary());
        }
    },
    /** The same library, its fused operations written out by hand. */
    LIBTORCH_FUSED("libtorch, hand-fused", "libtorch", List.of("f32", "bf16"), List.of("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0")) {
        @Override
        Peer newPeer() {
            return new LibtorchPeer(TorchMode.handFused());
        }
    },
    /** Amazon's, with its PyTorch engine. */
    DJL("DJL PyTorch", "djl", List.of("f32", "bf16"), List.of("-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true")) {
        @Override
        Peer newPeer() {
            return new DjlPeer();
        }
    };

    private final String title;
    private final String directory;
    private final List<String> precisions;
    private final List<String> options;

    Contestant(String title, String directory, List<String> precisions, List<String> options) {
        this.title = title;
        this.directory = directory;
        this.precisions = precisions;
        this.options = options;
    }

    abstract Peer newPeer();

    /** What it is called in tables. */
    String title() {
        return title;
    }

    /** What it runs. */
    List<String> precisions() {
        return precisions;
    }

    /** Of its JVM. */
    List<String> options() {
        return options;
    }

    /** Name of the directory with the jars that only it needs. */
    String directory() {
        return directory;
    }
}
