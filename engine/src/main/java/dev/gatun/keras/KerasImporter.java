package dev.gatun.keras;

import dev.gatun.keras.KerasConfig.Layer;
import dev.gatun.network.Network;
import dev.gatun.network.NetworkBuilder;
import dev.gatun.network.Value;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightFormatException;
import dev.gatun.weights.WeightSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a network of a Keras model, layer by layer: strides, padding, epsilon and the order of operations are those of its configuration,
 * so any functional or sequential model of the layers that ResNets are made of runs, however its layers are named. The graph's
 * parameters are called as the layers.
 */
public final class KerasImporter {
    /** Metadata of a .h5 file that holds the model and not weights alone. */
    public static final String CONFIG = "model_config";

    private static final int NAMES_SHOWN = 5;

    private KerasImporter() {}

    /** Whether the file holds the configuration that its weights belong to. */
    public static boolean hasConfig(WeightSource source) {
        return source.metadata().containsKey(CONFIG);
    }

    /**
     * The network in a .h5 file that holds a whole model.
     *
     * @param source is read until the result is closed, which closes it
     * @throws WeightFormatException if there is no configuration, or it holds what is not supported; names the layer
     */
    public static Network read(WeightSource source) {
        @Nullable String config = source.metadata().get(CONFIG);
        if (config == null) {
            throw new WeightFormatException(
                    source.origin(),
                    "holds weights without '" + CONFIG
                            + "': the JSON of the model (Model.to_json) has to be given as well");
        }
        return read(source, source.origin(), config);
    }

    /**
     * The network of a configuration beside its weights.
     *
     * @param source is read until the result is closed, which closes it
     * @param origin what messages call the configuration
     * @param config what {@code Model.to_json} wrote
     * @throws WeightFormatException if the configuration holds what is not supported, or does not fit the weights; names the layer
     */
    public static Network read(WeightSource source, String origin, String config) {
        String where = "the configuration";
        try {
            KerasConfig model = KerasConfig.parse(config);
            KerasLayers layers = new KerasLayers(new NetworkBuilder(), source);
            Map<String, Value> results = new HashMap<>();
            for (Layer layer : model.layers()) {
                where = "layer " + layer;
                List<Value> sources = layer.sources().stream()
                        .map(name -> {
                            @Nullable Value value = results.get(name);
                            if (value == null) {
                                throw new IllegalArgumentException("it reads '" + name + "', which is no layer");
                            }
                            return value;
                        })
                        .toList();
                results.put(layer.name(), layers.add(layer, sources));
            }
            where = "the outputs";
            List<Value> outputs = model.outputs().stream()
                    .map(name -> {
                        @Nullable Value value = results.get(name);
                        if (value == null) {
                            throw new IllegalArgumentException("'" + name + "' is no layer");
                        }
                        return value;
                    })
                    .toList();
            requireAllRead(source, layers.tensors());
            return layers.builder().build(model.name(), outputs, source);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new WeightFormatException(origin, where + ": " + WeightFormatException.reason(e), e);
        }
    }

    private static void requireAllRead(WeightSource source, Set<String> read) {
        Set<String> unread = new LinkedHashSet<>(source.tensors().keySet());
        unread.removeAll(read);
        if (!unread.isEmpty()) {
            throw new IllegalArgumentException(source.origin() + " has tensors that no layer reads: "
                    + unread.stream()
                            .limit(NAMES_SHOWN)
                            .map(source::tensor)
                            .map(TensorInfo::toString)
                            .toList()
                    + (unread.size() > NAMES_SHOWN ? " and " + (unread.size() - NAMES_SHOWN) + " more" : ""));
        }
    }
}
