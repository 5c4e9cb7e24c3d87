/** ResNet inference: specs, graphs, plans, sessions, weights and images. */
@org.jspecify.annotations.NullMarked
module dev.gatun {
    requires static org.jspecify;
    requires transitive dev.gatun.onednn;
    requires dev.gatun.natives;
    requires com.fasterxml.jackson.core;
    requires java.desktop;
    requires java.net.http;
    requires jdk.jfr;

    exports dev.gatun;
    exports dev.gatun.bench;
    exports dev.gatun.graph;
    exports dev.gatun.image;
    exports dev.gatun.onnx;
    exports dev.gatun.plan;
    exports dev.gatun.profile;
    exports dev.gatun.runtime;
    exports dev.gatun.spec;
    exports dev.gatun.weights;

    uses javax.imageio.spi.ImageReaderSpi;
}
