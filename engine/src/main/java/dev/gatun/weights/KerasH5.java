package dev.gatun.weights;

import io.jhdf.api.Group;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the HDF5 files of Keras: what {@code model.save} writes (weights below {@code model_weights}, and the configuration) and what
 * {@code save_weights} writes (weights alone), of all versions that write one group for each layer.
 *
 * <p>Tensors are shown as torch would have them: kernels are [oc, ic, kh, kw] views of the stored [kh, kw, ic, oc], dense ones [oc, ic]
 * views of [ic, oc], and names are {@code <layer>.weight}, {@code .bias}, {@code .running_mean} and {@code .running_var}. The metadata
 * holds {@code model_config} where the file does.
 */
final class KerasH5 implements Container {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

    /** keras/src/legacy/saving/legacy_h5_format.py. */
    private static final String WEIGHTS_GROUP = "model_weights";

    private static final String LAYER_NAMES = "layer_names";
    private static final String WEIGHT_NAMES = "weight_names";
    private static final List<String> ATTRIBUTES = List.of("model_config", "keras_version", "backend");

    /** Attributes above 64 KiB are cut into {@code name0}, {@code name1} and so on. */
    private static final int MAX_CUTS = 1 << 10;

    private static final int MAX_TENSORS = 1 << 17;

    /**
     * The last part of a weight's name: {@code kernel:0} since Keras 2, {@code conv1_W} or {@code conv1_W_1:0} in Keras 1. A layer's
     * name may come before it and a counter of TensorFlow's after it.
     */
    private static final Pattern FIELD =
            Pattern.compile("(?:.*_)?(depthwise_kernel|pointwise_kernel|kernel|bias|gamma|beta"
                    + "|moving_mean|moving_variance|running_mean|running_std|W|b)(?:_\\d+)?(?::\\d+)?");

    /** Keras 1 calls the variance running_std. */
    private static final Map<String, String> TORCH_FIELDS = Map.of(
            "kernel", "weight",
            "W", "weight",
            "b", "bias",
            "gamma", "weight",
            "beta", "bias",
            "moving_mean", "running_mean",
            "moving_variance", "running_var",
            "running_std", "running_var");

    @Override
    public String title() {
        return WeightFiles.KERAS;
    }

    @Override
    public boolean recognises(FileBytes file) {
        return file.has(0, SIGNATURE);
    }

    @Override
    public WeightSource read(FileBytes file) {
        return HdfTree.read(file, tree -> {
            Map<String, String> metadata = new LinkedHashMap<>();
            for (String name : ATTRIBUTES) {
                @Nullable List<String> value = tree.strings(tree.root(), name);
                if (value != null && !value.isEmpty()) {
                    metadata.put(name, value.getFirst());
                }
            }
            @Nullable Group nested = tree.group(tree.root(), WEIGHTS_GROUP);
            Group weights = nested == null ? tree.root() : nested;
            @Nullable List<String> layers = names(tree, weights, LAYER_NAMES);
            if (layers == null) {
                throw file.malformed("is an HDF5 file without '" + LAYER_NAMES
                        + "', so not one that Keras's save or save_weights wrote as .h5");
            }
            List<RawTensor> tensors = new ArrayList<>();
            for (String layer : new LinkedHashSet<>(layers)) {
                @Nullable Group group = tree.group(weights, layer);
                if (group == null) {
                    throw file.malformed("has no layer '" + layer + "', which it lists");
                }
                @Nullable List<String> paths = names(tree, group, WEIGHT_NAMES);
                tensors.addAll(layer(file, tree, layer, group, paths == null ? List.of() : paths));
                if (tensors.size() > MAX_TENSORS) {
                    throw file.malformed("more than " + MAX_TENSORS + " tensors");
                }
            }
            requireUnique(file, tensors);
            return new FileWeights(title(), file, metadata, tensors);
        });
    }

    private static @Nullable List<String> names(HdfTree tree, Group group, String attribute) {
        @Nullable List<String> whole = tree.strings(group, attribute);
        if (whole != null) {
            return whole;
        }
        List<String> pieces = new ArrayList<>();
        for (int cut = 0; cut < MAX_CUTS; cut++) {
            @Nullable List<String> piece = tree.strings(group, attribute + cut);
            if (piece == null) {
                return cut == 0 ? null : pieces;
            }
            pieces.addAll(piece);
        }
        return pieces;
    }

    /** The weights of a layer; a layer that is a model itself has several of a kind, which are told apart by their scopes. */
    private static List<RawTensor> layer(FileBytes file, HdfTree tree, String layer, Group group, List<String> paths) {
        if (paths.size() > MAX_TENSORS) {
            throw file.malformed("more than " + MAX_TENSORS + " tensors");
        }
        Set<String> fields = new HashSet<>();
        boolean model = false;
        for (String path : paths) {
            model |= !fields.add(field(path));
        }
        List<RawTensor> tensors = new ArrayList<>();
        for (String path : paths) {
            String prefix = model ? scope(path, layer) : layer;
            tensors.add(asInTorch(tree.tensor(group, path, prefix + "." + field(path))));
        }
        return tensors;
    }

    private static String field(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        Matcher matcher = FIELD.matcher(last);
        if (!matcher.matches()) {
            return last;
        }
        return TORCH_FIELDS.getOrDefault(matcher.group(1), matcher.group(1));
    }

    private static String scope(String path, String layer) {
        int last = path.lastIndexOf('/');
        return last < 0 ? layer : path.substring(path.lastIndexOf('/', last - 1) + 1, last);
    }

    /** The axes of a kernel in the other order. */
    private static RawTensor asInTorch(RawTensor tensor) {
        int rank = tensor.info().shape().rank();
        if (!tensor.info().name().endsWith(".weight") || (rank != 2 && rank != 4)) {
            return tensor;
        }
        List<Integer> axes = rank == 4 ? List.of(3, 2, 0, 1) : List.of(1, 0);
        return tensor.permuted(axes);
    }

    private static void requireUnique(FileBytes file, List<RawTensor> tensors) {
        Set<String> names = new HashSet<>();
        for (RawTensor tensor : tensors) {
            if (!names.add(tensor.info().name())) {
                throw file.malformed(
                        "two tensors would be named '" + tensor.info().name() + "'");
            }
        }
    }
}
