package dev.gatun;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.image.Preprocessing;
import dev.gatun.quantize.QuantizedFile;
import dev.gatun.quantize.QuantizedModel;
import dev.gatun.spec.HeadSpec;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Variants;
import dev.gatun.weights.CatalogEntry;
import dev.gatun.weights.DownloadListener;
import dev.gatun.weights.Downloader;
import dev.gatun.weights.NameMapping;
import dev.gatun.weights.RandomWeights;
import dev.gatun.weights.WeightFiles;
import dev.gatun.weights.WeightSet;
import dev.gatun.weights.WeightSource;
import dev.gatun.weights.WeightsCache;
import dev.gatun.weights.WeightsCatalog;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The way in: names a variant, gives it weights, and opens it as a {@link Model}.
 *
 * <pre>{@code
 * Model model = ResNet.named("resnet50").weights(Path.of("resnet50.safetensors"));
 * try (Arena arena = Arena.ofConfined();
 *         CompiledModel compiled = model.compile(CompileOptions.defaults());
 *         Session session = compiled.newSession()) {
 *     MemorySegment src = compiled.allocateSrc(arena);
 *     MemorySegment dst = compiled.allocateDst(arena);
 *     session.run(src, dst);
 * }
 * }</pre>
 *
 * <p>Immutable; thread-safe.
 */
public final class ResNet {
    /** Of no use to a backbone. */
    private static final Pattern HEAD_PARAMETER = Pattern.compile("fc\\.(weight|bias)");

    private final ResNetSpec spec;
    private final @Nullable Preprocessing preprocessing;
    private final @Nullable Labels labels;

    private ResNet(ResNetSpec spec, @Nullable Preprocessing preprocessing, @Nullable Labels labels) {
        this.spec = spec;
        this.preprocessing = preprocessing;
        this.labels = labels;
    }

    /**
     * The variant of this name.
     *
     * @throws IllegalArgumentException if there is none; the message lists the names there are
     * @see Variants#all()
     */
    public static ResNet named(String name) {
        return of(Variants.named(name));
    }

    /** A network of one's own. */
    public static ResNet of(ResNetSpec spec) {
        return new ResNet(spec, null, null);
    }

    /** The model that comes with the library and needs no file: see {@link BundledModel}. */
    public static Model bundled() {
        return named(BundledModel.NAME).weights(BundledModel.weights());
    }

    /**
     * Published weights and the variant they are for. The file is downloaded only if the user's cache does not hold it.
     *
     * @param entry of the {@link dev.gatun.weights.WeightsCatalog}
     * @param listener hears how a download goes
     * @throws dev.gatun.weights.DownloadException if the file is neither there nor can be had; says what to put where by hand
     */
    public static Model published(CatalogEntry entry, DownloadListener listener) {
        return named(entry.model()).weights(entry, listener);
    }

    /** The same variant for another number of classes. */
    public ResNet withClasses(int classes) {
        return new ResNet(spec.withClasses(classes), preprocessing, labels);
    }

    /**
     * The same variant with another end: pooled features, the last map or a pyramid instead of logits, or probabilities. Weights of a network
     * with classes fit a backbone.
     */
    public ResNet withHead(HeadSpec head) {
        return new ResNet(spec.withHead(head), preprocessing, labels);
    }

    /**
     * The same variant with dilation for the strides of its last stages: 8, 16 or 32 for ImageNet's networks; see {@link
     * ResNetSpec#withOutputStride}.
     */
    public ResNet withOutputStride(int outputStride) {
        return new ResNet(spec.withOutputStride(outputStride), preprocessing, labels);
    }

    /** The same variant for weights that want their images prepared like this, whatever their file says. */
    public ResNet withPreprocessing(Preprocessing preprocessing) {
        return new ResNet(spec, preprocessing, labels);
    }

    /** The same variant with names for its classes, whatever the weights' file says. */
    public ResNet withLabels(Labels labels) {
        return new ResNet(spec, preprocessing, labels);
    }

    /** The network as data. */
    public ResNetSpec spec() {
        return spec;
    }

    /**
     * Reads a weights file: safetensors or a torch checkpoint.
     *
     * @throws dev.gatun.weights.WeightFormatException if the file is none of these or broken
     * @throws dev.gatun.weights.WeightMismatchException if its tensors are not those of this variant; lists them all
     */
    public Model weights(Path file) {
        try (WeightSource source = WeightFiles.open(file)) {
            return weights(source);
        }
    }

    /**
     * Reads the weights that are published for this variant's name, which serve a backbone too, such as one of {@link
     * dev.gatun.spec.KerasApplication} with {@code weights="imagenet"}. They are downloaded only if the user's cache does not hold them.
     *
     * @param listener hears how a download goes
     * @throws IllegalArgumentException if none are known
     * @throws dev.gatun.weights.WeightMismatchException if this variant has another number of classes than they have
     * @throws dev.gatun.weights.DownloadException if the file is neither there nor can be had; says what to put where by hand
     */
    public Model publishedWeights(DownloadListener listener) {
        CatalogEntry entry = WeightsCatalog.find(spec.name())
                .orElseThrow(() -> new IllegalArgumentException("no published weights are known for " + spec.name()
                        + ", expected one of "
                        + WeightsCatalog.entries().stream()
                                .map(CatalogEntry::model)
                                .distinct()
                                .toList()));
        return weights(entry, listener);
    }

    private Model weights(CatalogEntry entry, DownloadListener listener) {
        Path file = WeightsCache.ofUser().obtain(entry, new Downloader(), listener);
        return (preprocessing == null ? withPreprocessing(entry.preprocessing()) : this).weights(file);
    }

    /** Draws weights from He's initialisation, the same for the same seed on every machine. */
    public Model randomWeights(long seed) {
        return weights(RandomWeights.he(GraphBuilder.build(spec).parameters(), seed));
    }

    /**
     * Reads and checks weights, and makes them a model. The caller closes {@code source}.
     *
     * @throws dev.gatun.weights.WeightMismatchException if they are not those of this variant; lists all that differ
     */
    public Model weights(WeightSource source) {
        if (QuantizedFile.recognises(source)) {
            return quantized(source);
        }
        Graph graph = GraphBuilder.build(spec);
        NameMapping mapping = NameMapping.of(source.tensors().keySet(), graph.parameters());
        if (spec.classes() == 0) {
            mapping = mapping.ignoring(HEAD_PARAMETER);
        }
        WeightSet weights = WeightSet.check(source, graph.parameters(), mapping);
        WeightsCard card = WeightsCard.of(spec, mapping, source);
        return Model.of(
                spec.name(),
                graph,
                spec.input(),
                weights,
                preprocessing == null ? card.preprocessing() : preprocessing,
                labels == null ? card.labels() : labels);
    }

    /** A quantised file says itself what it is; it has to be this variant. */
    private Model quantized(WeightSource source) {
        QuantizedModel quantized = QuantizedFile.read(source);
        if (!quantized.name().equals(spec.name()) || quantized.labels().size() != spec.classes()) {
            throw new IllegalArgumentException(source.origin() + " is " + quantized.name() + " of "
                    + quantized.labels().size() + " classes, quantised; expected " + spec.name() + " of "
                    + spec.classes());
        }
        if (preprocessing != null) {
            quantized = quantized.withPreprocessing(preprocessing);
        }
        if (labels != null) {
            quantized = quantized.withLabels(labels.names());
        }
        return Model.of(quantized, source.origin());
    }
}
