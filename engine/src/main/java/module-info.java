/** ResNet inference: specs, graphs, plans, sessions, weights and images. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // jHDF names its module in its manifest only
module dev.gatun {
    requires static org.jspecify;
    requires transitive dev.gatun.onednn;
    requires dev.gatun.natives;
    requires com.fasterxml.jackson.core;
    requires io.jhdf;
    requires java.desktop;
    requires java.net.http;
    requires jdk.jfr;
    // what jHDF needs: named modules, which an automatic one does not pull in
    requires org.apache.commons.lang3;
    requires org.slf4j;

    exports dev.gatun;
    exports dev.gatun.answers;
    exports dev.gatun.bench;
    exports dev.gatun.graph;
    exports dev.gatun.image;
    exports dev.gatun.keras;
    exports dev.gatun.network;
    exports dev.gatun.onnx;
    exports dev.gatun.plan;
    exports dev.gatun.profile;
    exports dev.gatun.quantize;
    exports dev.gatun.runtime;
    exports dev.gatun.spec;
    exports dev.gatun.weights;

    uses javax.imageio.spi.ImageReaderSpi;
}
