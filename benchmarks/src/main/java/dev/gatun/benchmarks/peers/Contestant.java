package dev.gatun.benchmarks.peers;

import java.util.List;

/** Who is compared. */
enum Contestant {
    /** This project. */
    GATUN("gatun", "gatun") {
        @Override
        Peer newPeer() {
            return new GatunPeer();
        }
    },
    /** Microsoft's, through its Java binding. */
    ONNX_RUNTIME("ONNX Runtime", "onnxruntime") {
        @Override
        Peer newPeer() {
            return new OnnxRuntimePeer();
        }
    },
    /** PyTorch's library through org.bytedeco:pytorch. */
    LIBTORCH("libtorch", "libtorch") {
        @Override
        Peer newPeer() {
            return new LibtorchPeer(TorchMode.ordinary());
        }
    },
    /** The same library, its fused operations written out by hand. */
    LIBTORCH_FUSED("libtorch, hand-fused", "libtorch") {
        @Override
        Peer newPeer() {
            return new LibtorchPeer(TorchMode.handFused());
        }
    },
    /** Amazon's, with its PyTorch engine. */
    DJL("DJL PyTorch", "djl") {
        @Override
        Peer newPeer() {
            return new DjlPeer();
        }
    };

    private final String title;
    private final String directory;

    Contestant(String title, String directory) {
        this.title = title;
        this.directory = directory;
    }

    abstract Peer newPeer();

    /** What it is called in tables. */
    String title() {
        return title;
    }

    /** What it runs. */
    List<String> precisions() {
        return switch (this) {
            case GATUN -> List.of("f32", "bf16", "f16", "int8");
            case ONNX_RUNTIME -> List.of("f32", "int8");
            case LIBTORCH, LIBTORCH_FUSED, DJL -> List.of("f32", "bf16");
        };
    }

    /** Of its JVM. JavaCPP counts what libtorch maps as its own, and would refuse to allocate more. */
    List<String> options() {
        return switch (this) {
            case GATUN, ONNX_RUNTIME -> List.of();
            case LIBTORCH, LIBTORCH_FUSED -> List.of("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
            case DJL -> List.of("-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true");
        };
    }

    /** Name of the directory with the jars that only it needs. */
    String directory() {
        return directory;
    }
}
