package dev.gatun;

import dev.gatun.graph.Graph;
import dev.gatun.keras.KerasConfigs;
import dev.gatun.keras.KerasImporter;
import dev.gatun.network.GraphJson;
import dev.gatun.network.Network;
import dev.gatun.onnx.OnnxImporter;
import dev.gatun.quantize.QuantizedFile;
import dev.gatun.quantize.QuantizedModel;
import dev.gatun.spec.InputScaling;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.weights.NameMapping;
import dev.gatun.weights.WeightFiles;
import dev.gatun.weights.WeightFormatException;
import dev.gatun.weights.WeightSet;
import dev.gatun.weights.WeightSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file with a network in it, of any kind that can be read: ONNX, Keras .h5 (with its configuration in it or in a JSON file beside it),
 * safetensors that hold their graph, quantised or not, and weights whose names and shapes say which variant they are of. Owns the file; thread-safe.
 *
 * <pre>{@code
 * try (ModelFile file = ModelFile.open(Path.of("anything.onnx"))) {
 *     Model model = file.model();
 * }
 * }</pre>
 */
public final class ModelFile implements AutoCloseable {
    /** Metadata of a safetensors file that holds the graph of its tensors; see {@link GraphJson}. */
    public static final String GRAPH = "graph";

    /** Metadata with the side of the images beside {@link #GRAPH}. */
    static final String SIZE = "size";

    /** Metadata of which height and width have to be multiples, beside {@link #GRAPH}. */
    static final String MULTIPLE = "multiple";

    private static final int MAX_SIZE = 1 << 13;

    private final WeightSource source;
    private final @Nullable Network network;
    private final @Nullable QuantizedModel quantized;
    private final List<ResNetSpec> variants;

    private ModelFile(
            WeightSource source,
            @Nullable Network network,
            @Nullable QuantizedModel quantized,
            List<ResNetSpec> variants) {
        this.source = source;
        this.network = network;
        this.quantized = quantized;
        this.variants = variants;
    }

    /**
     * Opens a file by what it contains.
     *
     * @throws WeightFormatException if it is none that can be read, or malformed
     * @throws UncheckedIOException if it does not exist or cannot be read
     */
    public static ModelFile open(Path path) {
        if (isOnnx(path)) {
            Network network = OnnxImporter.read(path);
            return of(network);
        }
        WeightSource source = WeightFiles.open(path);
        try {
            if (QuantizedFile.recognises(source)) {
                return new ModelFile(source, null, QuantizedFile.read(source), List.of());
            }
            @Nullable Network network = network(path, source);
            return network == null
                    ? new ModelFile(source, null, null, namedFirst(source, VariantRecognizer.recognize(source)))
                    : of(network);
        } catch (RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    /**
     * Opens weights of Keras whose configuration is in another file.
     *
     * @param weights a .h5 file
     * @param config what {@code Model.to_json} wrote
     * @throws WeightFormatException if either is malformed, or they do not fit each other
     */
    public static ModelFile open(Path weights, Path config) {
        WeightSource source = WeightFiles.open(weights);
        try {
            return of(KerasConfigs.read(source, config));
        } catch (RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    private static ModelFile of(Network network) {
        return new ModelFile(network.weights(), network, null, variantsOf(network));
    }

    private static boolean isOnnx(Path path) {
        if (!Files.isRegularFile(path)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(path)) {
            return OnnxImporter.recognises(in.readNBytes(2));
        } catch (IOException e) {
            throw new UncheckedIOException("model file " + path + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static @Nullable Network network(Path path, WeightSource source) {
        @Nullable String graph = source.metadata().get(GRAPH);
        if (graph != null) {
            return stored(source, graph);
        }
        if (KerasImporter.hasConfig(source)) {
            return KerasImporter.read(source);
        }
        if (!source.container().equals(WeightFiles.KERAS)) {
            return null;
        }
        Optional<Path> config = KerasConfigs.beside(path, source);
        return config.isPresent() ? KerasConfigs.read(source, config.get()) : null;
    }

    private static Network stored(WeightSource source, String json) {
        try {
            Graph graph = GraphJson.read(json);
            if (graph.fused()) {
                throw new IllegalArgumentException("a fused graph, expected one as it was built");
            }
            int size = Integer.parseInt(source.metadata().getOrDefault(SIZE, "0"));
            int multiple = Integer.parseInt(source.metadata().getOrDefault(MULTIPLE, "1"));
            if (size < 0 || size > MAX_SIZE || multiple < 1 || size % multiple != 0) {
                throw new IllegalArgumentException("images of a side of " + size + " and multiples of " + multiple);
            }
            String name = source.metadata().getOrDefault("model", "model");
            return new Network(name, graph, source, size, multiple, false);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new WeightFormatException(
                    source.origin(),
                    "malformed metadata '" + GRAPH + "', or what is beside it: " + WeightFormatException.reason(e),
                    e);
        }
    }

    /** What a card says decides between variants of the same tensors. */
    private static List<ResNetSpec> namedFirst(WeightSource source, List<ResNetSpec> variants) {
        String name = source.metadata().getOrDefault("model", "");
        return variants.stream()
                .sorted(Comparator.comparing(spec -> !spec.name().equals(name)))
                .toList();
    }

    private static List<ResNetSpec> variantsOf(Network network) {
        try {
            return VariantRecognizer.recognize(network.graph(), sizeOf(network));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new WeightFormatException(
                    network.weights().origin(),
                    "holds a network that cannot run: " + WeightFormatException.reason(e),
                    e);
        }
    }

    private static int sizeOf(Network network) {
        return network.size() == 0 ? InputSpec.IMAGENET.size() : network.size();
    }

    /** What kind of file it is, such as {@code safetensors} or {@code quantised safetensors}. */
    public String container() {
        return (quantized == null ? "" : "quantised ") + source.container();
    }

    /** The tensors: those of the file, or those of the graph where the file holds one. Closed with this. */
    public WeightSource source() {
        return source;
    }

    /** The quantised network, where {@code gatun quantize} wrote the file; its weights can be read after this is closed. */
    public Optional<QuantizedModel> quantized() {
        return Optional.ofNullable(quantized);
    }

    /** The network, where the file holds it operation by operation. */
    public Optional<Network> network() {
        return Optional.ofNullable(network);
    }

    /**
     * The variants that it can be of, the likeliest first: those with exactly its tensors, or, where the file holds a graph, those that
     * compute the same. Empty if there is none.
     */
    public List<ResNetSpec> variants() {
        return quantized == null ? variants : quantized.variant().stream().toList();
    }

    /**
     * The model, with all its weights read and checked, independent of the file: the network that the file holds, or else the first of
     * {@link #variants()}. Its images are prepared as the file says, or, where it is silent, as its variant is published with; {@link
     * Model#withPreprocessing} changes that.
     *
     * @throws WeightFormatException if the file holds no network and its tensors are those of no variant
     * @throws dev.gatun.weights.WeightMismatchException if a tensor is missing or holds what no network can use
     */
    public Model model() {
        if (quantized != null) {
            return Model.of(quantized, source.origin());
        }
        if (network == null) {
            if (variants.isEmpty()) {
                throw new WeightFormatException(
                        source.origin(), "holds weights of no variant that is known, and no graph");
            }
            return ResNet.of(variants.getFirst()).weights(source);
        }
        Graph graph = network.graph();
        WeightSet weights = WeightSet.check(source, graph.parameters(), NameMapping.IDENTITY);
        InputSpec input = input(network);
        int classes = graph.outputs().size() == 1
                        && graph.outputShapes(1, input.size(), input.size())
                                        .getFirst()
                                        .rank()
                                == 2
                ? graph.outputShapes(1, input.size(), input.size()).getFirst().intDim(1)
                : 0;
        WeightsCard card = WeightsCard.of(input, classes, source);
        return Model.of(
                variants.isEmpty() ? network.name() : variants.getFirst().name(),
                graph,
                input,
                weights,
                card.preprocessing(),
                card.labels());
    }

    /** The images: scaled as the variant's are, or else as Keras' examples or torchvision do. */
    private InputSpec input(Network file) {
        InputScaling scaling = !variants.isEmpty()
                ? variants.getFirst().input().scaling()
                : container().equals(WeightFiles.KERAS) ? InputScaling.UNIT : InputScaling.IMAGENET;
        int size = file.size() == 0 && !variants.isEmpty()
                ? variants.getFirst().input().size()
                : sizeOf(file);
        return new InputSpec(file.graph().input().channels(), size, file.multiple(), scaling);
    }

    @Override
    public void close() {
        source.close();
    }

    @Override
    public String toString() {
        return source.origin() + " (" + container() + ")";
    }
}
