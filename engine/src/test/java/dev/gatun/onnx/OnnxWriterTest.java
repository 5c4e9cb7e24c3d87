package dev.gatun.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.OrtOracle;
import dev.gatun.RandomValues;
import dev.gatun.graph.Epilogue;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.spec.Variants;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxWriterTest {
    private static final String NAME = "resnet20-cifar10";
    private static final Graph GRAPH = GraphBuilder.build(Variants.named(NAME));
    private static final OnnxWriter.Values VALUES = new RandomValues(GRAPH, 1);

    @TempDir
    Path directory;

    @Test
    void declaresFreeBatchAndSize() {
        try (OrtOracle oracle = OrtOracle.load(OnnxWriter.toBytes(GRAPH, NAME, VALUES))) {
            assertThat(oracle.inputs()).isEqualTo(Map.of("input", "batch, 3, height, width"));
            assertThat(oracle.outputs()).isEqualTo(Map.of("fc", "batch, 10"));
        }
    }

    @Test
    void declaresEachOutputUnderItsNodesName() {
        Graph features = new Graph(GRAPH.nodes(), List.of("layer2.0.relu", "avgpool", "fc"));
        try (OrtOracle oracle = OrtOracle.load(OnnxWriter.toBytes(features, NAME, VALUES))) {
            assertThat(oracle.outputs())
                    .containsExactly(
                            Map.entry("layer2.0.relu", "batch, 32, layer2.0.relu/height, layer2.0.relu/width"),
                            Map.entry("avgpool", "batch, 64, 1, 1"),
                            Map.entry("fc", "batch, 10"));
        }
    }

    @Test
    void namesProducerAndModel() {
        try (OrtOracle oracle = OrtOracle.load(OnnxWriter.toBytes(GRAPH, NAME, VALUES))) {
            assertThat(oracle.metadata().getProducerName()).isEqualTo("gatun");
            assertThat(oracle.metadata().getGraphName()).isEqualTo(NAME);
            assertThat(oracle.metadata().getCustomMetadata()).isEqualTo(Map.of("model", NAME));
            assertThat(oracle.metadata().getDescription()).contains(NAME, "normalised");
        }
    }

    @Test
    void writesTheSameBytesToFileStreamAndMemory() throws IOException {
        byte[] bytes = OnnxWriter.toBytes(GRAPH, NAME, VALUES);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        OnnxWriter.write(GRAPH, NAME, VALUES, stream);
        Path file = directory.resolve("model.onnx");
        OnnxWriter.write(GRAPH, NAME, VALUES, file);
        assertThat(stream.toByteArray()).isEqualTo(bytes);
        assertThat(file).hasBinaryContent(bytes);
        assertThat(entries()).containsExactly(file);
    }

    @Test
    void replacesAnEarlierFile() throws IOException {
        Path file = Files.writeString(directory.resolve("model.onnx"), "earlier");
        OnnxWriter.write(GRAPH, NAME, VALUES, file);
        assertThat(file).hasBinaryContent(OnnxWriter.toBytes(GRAPH, NAME, VALUES));
    }

    @Test
    void writesAParameterThatTwoConvolutionsShareOnce() {
        Graph shared = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        new Node.Conv(
                                "a",
                                "input",
                                3,
                                3,
                                1,
                                Window.same(1, 1),
                                new Kernel.Stored("w"),
                                null,
                                null,
                                Epilogue.NONE),
                        new Node.Conv(
                                "b",
                                "a",
                                3,
                                3,
                                1,
                                Window.same(1, 1),
                                new Kernel.Stored("w"),
                                null,
                                null,
                                Epilogue.NONE)),
                List.of("b"));
        float[] swap = {0, 1, 0, 1, 0, 0, 0, 0, 2};
        try (OrtOracle oracle = OrtOracle.load(OnnxWriter.toBytes(shared, "shared", _ -> swap))) {
            assertThat(oracle.run(new float[] {1, 2, 3}, 1, 3, 1, 1).values()).containsExactly(1, 2, 12);
        }
    }

    @Test
    void rejectsValuesThatAreNotAsManyAsTheShapeSaysBeforeItWrites() throws IOException {
        OnnxWriter.Values tooShort = name -> name.equals("fc.bias") ? new float[9] : VALUES.get(name);
        Path file = Files.writeString(directory.resolve("model.onnx"), "earlier");
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        String message = "fc.bias has 9 values, expected 10 for shape [10]";
        assertThatThrownBy(() -> OnnxWriter.write(GRAPH, NAME, tooShort, file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> OnnxWriter.write(GRAPH, NAME, tooShort, stream))
                .hasMessage(message);
        assertThatThrownBy(() -> OnnxWriter.toBytes(GRAPH, NAME, tooShort)).hasMessage(message);
        assertThat(stream.size()).isZero();
        assertThat(file).hasContent("earlier");
        assertThat(entries()).containsExactly(file);
    }

    @Test
    void leavesNothingBehindWhenItFailsHalfway() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        OnnxWriter.Values failing = name -> {
            if (calls.incrementAndGet() > GRAPH.parameters().size() + 50) {
                throw new UncheckedIOException(new IOException("disk gone"));
            }
            return VALUES.get(name);
        };
        Path file = Files.writeString(directory.resolve("model.onnx"), "earlier");
        assertThatThrownBy(() -> OnnxWriter.write(GRAPH, NAME, failing, file)).hasMessageContaining("disk gone");
        assertThat(file).hasContent("earlier");
        assertThat(entries()).containsExactly(file);
    }

    @Test
    void passesOnTheErrorsOfTheStream() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("no space left");
            }
        };
        assertThatThrownBy(() -> OnnxWriter.write(GRAPH, NAME, VALUES, full))
                .isInstanceOf(IOException.class)
                .hasMessage("no space left");
    }

    @Test
    void rejectsADirectoryThatDoesNotExist() {
        Path file = directory.resolve("none").resolve("model.onnx");
        assertThatThrownBy(() -> OnnxWriter.write(GRAPH, NAME, VALUES, file))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none");
    }

    @Test
    void rejectsMoreThanAProtobufMessageHoldsBeforeItAsksForValues() {
        Graph huge = new Graph(
                List.of(
                        new Node.Input("input", 1 << 15),
                        Node.Conv.stored("a", "input", 1 << 15, 1 << 14, 1, Window.same(1, 1))),
                List.of("a"));
        assertThatThrownBy(() -> OnnxWriter.toBytes(huge, "huge", name -> {
                    throw new AssertionError("asked for " + name);
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("huge would take 21474\\d+ bytes as an ONNX model, more than the 2147483647 .*");
    }

    @Test
    void rejectsABlankName() {
        assertThatThrownBy(() -> OnnxWriter.toBytes(GRAPH, " ", VALUES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("blank");
    }

    @Test
    void rejectsNodesNamedAsParameters() {
        Graph clash = new Graph(
                List.of(
                        new Node.Input("input", 3),
                        Node.Conv.stored("a", "input", 3, 3, 1, Window.same(1, 1)),
                        new Node.Relu("a.weight", "a")),
                List.of("a.weight"));
        assertThatThrownBy(() -> OnnxWriter.toBytes(clash, "clash", new RandomValues(clash, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two values of the ONNX model would be named a.weight");
    }

    @Test
    void rejectsChannelEmbeddingsThatNoPassMakes() {
        Node.Conv padded = new Node.Conv(
                "a",
                "input",
                3,
                5,
                1,
                Window.square(1, 2, 1),
                new Kernel.ChannelEmbedding(1),
                null,
                null,
                Epilogue.NONE);
        Graph graph = new Graph(List.of(new Node.Input("input", 3), padded), List.of("a"));
        assertThatThrownBy(() -> OnnxWriter.toBytes(graph, "padded", VALUES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a channel embedding must be a 1x1 convolution without padding");
    }

    private List<Path> entries() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
