package dev.gatun;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.image.Preprocessing;
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
import java.nio.file.Path;
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
        Path file = WeightsCache.ofUser().obtain(entry, new Downloader(), listener);
        return named(entry.model()).withPreprocessing(entry.preprocessing()).weights(file);
    }

    /** The same variant for another number of classes. */
    public ResNet withClasses(int classes) {
        return new ResNet(spec.withClasses(classes), preprocessing, labels);
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
        Graph graph = GraphBuilder.build(spec);
        WeightSet weights = WeightSet.check(source, graph.parameters(), NameMapping.TORCH);
        WeightsCard card = WeightsCard.of(spec, source);
        return Model.of(
                spec.name(),
                graph,
                spec.input(),
                weights,
                preprocessing == null ? card.preprocessing() : preprocessing,
                labels == null ? card.labels() : labels);
    }
}
