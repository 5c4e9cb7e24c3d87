package dev.gatun.cli;

import dev.gatun.BundledModel;
import dev.gatun.ModelFile;
import dev.gatun.ResNet;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Variants;
import dev.gatun.weights.CatalogEntry;
import dev.gatun.weights.DownloadListener;
import dev.gatun.weights.WeightsCache;
import dev.gatun.weights.WeightsCatalog;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** A network and its weights, as options name them. */
final class ModelChoice {
    /** What is used where nothing is asked for, if its weights are at hand. */
    private static final String PREFERRED = "resnet50";

    private static final long MEGABYTE = 1_000_000;

    private static final Pattern RANDOM = Pattern.compile("random(?::(-?\\d{1,18}))?");

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "A name that 'gatun models' lists. Without it: the network that the weights file is for;"
                    + " without a file " + PREFERRED + " if its weights are in the cache, else " + BundledModel.NAME
                    + ", which comes with gatun.")
    private @Nullable String model;

    @Option(
            names = "--weights",
            paramLabel = "FILE|random[:SEED]",
            description =
                    "safetensors, a torch checkpoint, Keras .h5 or ONNX, or He's initialisation drawn from a seed. Without"
                            + " it: the model's published weights, which are downloaded if they are not in the cache.")
    private @Nullable String weights;

    @Option(
            names = "--classes",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "Classes of a network that was trained for another number of them.")
    private @Nullable Integer classes;

    @ArgGroup(exclusive = false)
    private @Nullable NormalizationOptions normalization;

    /**
     * Opens the model.
     *
     * @param command whose options these are, for messages
     */
    OpenModel open(Terminal terminal, CommandSpec command) {
        if (weights == null) {
            if (classes != null) {
                throw usage(command, "--classes goes with --weights: known weights have their own number of classes");
            }
            if (normalization != null) {
                throw usage(command, "--mean and --std go with --weights: known weights have their own");
            }
            return known(terminal, command);
        }
        Matcher random = RANDOM.matcher(weights);
        OpenModel opened = random.matches() ? random(random.group(1), command) : file(Path.of(weights), command);
        return normalization == null ? opened : opened.with(normalization.applied(opened.model(), command));
    }

    private OpenModel known(Terminal terminal, CommandSpec command) {
        WeightsCache cache = WeightsCache.ofUser();
        if (model == null) {
            Optional<CatalogEntry> preferred = WeightsCatalog.find(PREFERRED).filter(cache::holds);
            return preferred.isPresent() ? published(preferred.get(), cache, terminal) : bundled();
        }
        if (model.equals(BundledModel.NAME)) {
            return bundled();
        }
        Optional<CatalogEntry> entry = WeightsCatalog.find(model);
        if (entry.isPresent()) {
            return published(entry.get(), cache, terminal);
        }
        throw usage(
                command,
                "no weights are known for " + variant(model, command).name()
                        + ": give --weights FILE or --weights random");
    }

    private static OpenModel bundled() {
        return new OpenModel(ResNet.bundled(), "bundled", Optional.of(KnownWeights.BUNDLED));
    }

    private static OpenModel published(CatalogEntry entry, WeightsCache cache, Terminal terminal) {
        String weights = "published " + entry.name();
        Optional<PublishedErrors> errors = Optional.of(PublishedErrors.of(entry));
        if (cache.holds(entry)) {
            return new OpenModel(ResNet.published(entry, DownloadListener.NONE), weights, errors);
        }
        terminal.err().println("downloading " + entry.uri() + " to " + cache.path(entry));
        try (Progress progress = Progress.on(terminal, entry.name(), "MB", MEGABYTE)) {
            return new OpenModel(ResNet.published(entry, progress::at), weights, errors);
        }
    }

    private OpenModel random(@Nullable String digits, CommandSpec command) {
        long seed = digits == null ? 0 : Long.parseLong(digits);
        ResNetSpec network = sized(variant(model == null ? BundledModel.NAME : model, command));
        return new OpenModel(ResNet.of(network).randomWeights(seed), "random (seed " + seed + ")");
    }

    private OpenModel file(Path file, CommandSpec command) {
        if (model != null) {
            return new OpenModel(ResNet.of(sized(variant(model, command))).weights(file), file.toString());
        }
        try (ModelFile opened = ModelFile.open(file)) {
            if (opened.network().isPresent() || opened.quantized().isPresent()) {
                if (classes != null) {
                    throw usage(
                            command,
                            "--classes goes with weights alone: " + file + " holds a network with its own number");
                }
                return new OpenModel(opened.model(), file.toString());
            }
            if (opened.variants().isEmpty()) {
                throw new CommandException(
                        file + ": its tensors are not those of any known network ('gatun inspect' lists them, --model"
                                + " tells what does not fit)");
            }
            return new OpenModel(
                    ResNet.of(sized(opened.variants().getFirst())).weights(opened.source()), file.toString());
        }
    }

    private ResNetSpec sized(ResNetSpec network) {
        return classes == null ? network : network.withClasses(classes);
    }

    private static ResNetSpec variant(String name, CommandSpec command) {
        try {
            return Variants.named(name);
        } catch (IllegalArgumentException e) {
            throw usage(command, e.getMessage());
        }
    }

    private static ParameterException usage(CommandSpec command, @Nullable String message) {
        return new ParameterException(command.commandLine(), String.valueOf(message));
    }
}
