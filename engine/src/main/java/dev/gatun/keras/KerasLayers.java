package dev.gatun.keras;

import dev.gatun.json.Json;
import dev.gatun.keras.KerasConfig.Layer;
import dev.gatun.network.NetworkBuilder;
import dev.gatun.network.NetworkBuilder.Steps;
import dev.gatun.network.Pads;
import dev.gatun.network.Parameter;
import dev.gatun.network.Value;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What each kind of layer becomes. Arguments and their defaults are those of keras/src/layers. Maps are seen as [n, c, h, w] here
 * although Keras sees [n, h, w, c]: nothing but flattening tells the difference, and that takes one pixel only.
 */
final class KerasLayers {
    private static final String CHANNELS_LAST = "channels_last";

    /** keras.layers.BatchNormalization. */
    private static final double DEFAULT_EPSILON = 1e-3;

    private final NetworkBuilder builder;
    private final WeightSource source;
    private final Set<String> read = new HashSet<>();
    private boolean hasInput;

    KerasLayers(NetworkBuilder builder, WeightSource source) {
        this.builder = builder;
        this.source = source;
    }

    NetworkBuilder builder() {
        return builder;
    }

    /** The tensors of the file that layers read. */
    Set<String> tensors() {
        return read;
    }

    Value add(Layer layer, List<Value> sources) {
        if (sources.isEmpty()) {
            Value input = input(layer);
            return layer.type().equals("InputLayer") ? input : add(layer, List.of(input));
        }
        int expected = layer.type().equals("Add") ? 2 : 1;
        if (sources.size() != expected) {
            throw new IllegalArgumentException("it reads " + sources.size() + " results, expected " + expected);
        }
        Value src = sources.getFirst();
        String name = layer.name();
        Json config = layer.config();
        requireChannelsLast(config);
        return switch (layer.type()) {
            case "Conv2D" -> conv(name, config, src);
            case "BatchNormalization" -> batchNorm(name, config, src);
            case "Activation" -> activation(name, config.get("activation").text(), src);
            case "ReLU" -> relu(name, config, src);
            case "Softmax" -> builder.softmax(src);
            case "Add" -> builder.add(name, src, sources.getLast());
            case "ZeroPadding2D" -> builder.pad(name, src, padding(config.get("padding")));
            case "MaxPooling2D" -> builder.maxPool(name, src, poolSteps(config), pads(config));
            case "AveragePooling2D" -> builder.averagePool(name, src, poolSteps(config), pads(config), false);
            case "GlobalAveragePooling2D" -> pooled(config, builder.globalAveragePool(name, src));
            case "GlobalMaxPooling2D" -> pooled(config, builder.globalMaxPool(name, src));
            case "Flatten" -> builder.flatten(src);
            case "Dense" -> dense(name, config, src);
            case "Dropout", "SpatialDropout2D", "ActivityRegularization" -> src;
            default -> throw new IllegalArgumentException("layers of class " + layer.type() + " are not supported");
        };
    }

    private Value input(Layer layer) {
        if (hasInput) {
            throw new IllegalArgumentException("it is a second input, expected one");
        }
        hasInput = true;
        Json config = layer.config();
        Json shape =
                config.get("batch_input_shape").isNull() ? config.get("batch_shape") : config.get("batch_input_shape");
        if (shape.isNull()) {
            throw new IllegalArgumentException("the shape of the images is neither there nor in the first layer");
        }
        List<Json> dims = shape.elements();
        if (dims.size() != 4) {
            throw new IllegalArgumentException(
                    "it has " + dims.size() + " extents, expected 4: batch, height, width" + " and channels");
        }
        return builder.input(
                layer.name(), dims.get(3).integer(), extent(dims.get(1)), extent(dims.get(2)), Value.Layout.NCHW);
    }

    private static long extent(Json dim) {
        if (dim.isNull()) {
            return Value.UNKNOWN;
        }
        int extent = dim.integer();
        if (extent < 1) {
            throw new IllegalArgumentException("images of a side of " + extent);
        }
        return extent;
    }

    private Value conv(String name, Json config, Value src) {
        int[] kernel = pair(config.get("kernel_size"), 0);
        int[] strides = pair(config.get("strides"), 1);
        Steps steps = new Steps(kernel[0], kernel[1], strides[0], strides[1], dilation(config));
        int groups = config.get("groups").integer(1);
        if (groups < 1) {
            throw new IllegalArgumentException("it has " + groups + " groups");
        }
        Value result = builder.conv(name, src, tensor(name, "weight"), bias(name, config), groups, steps, pads(config));
        return activation(name + "/activation", config.get("activation").text("linear"), result);
    }

    private Value dense(String name, Json config, Value src) {
        Value result = builder.innerProduct(name, src, tensor(name, "weight"), bias(name, config));
        return activation(name + "/activation", config.get("activation").text("linear"), result);
    }

    private Value batchNorm(String name, Json config, Value src) {
        Json axis = config.get("axis").isArray() ? config.get("axis").elements().getFirst() : config.get("axis");
        if (axis.integer(-1) != -1 && axis.integer() != 3) {
            throw new IllegalArgumentException(
                    "it normalises along axis " + axis.integer() + ", expected 3, the channels");
        }
        int channels = src.channels();
        return builder.batchNorm(
                name,
                src,
                config.get("scale").flag(true) ? tensor(name, "weight") : Parameter.filled(channels, 1),
                config.get("center").flag(true) ? tensor(name, "bias") : Parameter.filled(channels, 0),
                tensor(name, "running_mean"),
                tensor(name, "running_var"),
                config.get("epsilon").number(DEFAULT_EPSILON));
    }

    private Value activation(String name, String activation, Value src) {
        return switch (activation) {
            case "linear" -> src;
            case "relu" -> builder.relu(name, src);
            case "softmax" -> builder.softmax(src);
            default ->
                throw new IllegalArgumentException(
                        "activation '" + activation + "' is not supported, expected relu, softmax or linear");
        };
    }

    private Value relu(String name, Json config, Value src) {
        boolean plain = config.get("max_value").isNull()
                && config.get("negative_slope").number(0) == 0
                && config.get("threshold").number(0) == 0;
        if (!plain) {
            throw new IllegalArgumentException("it has a max_value, negative_slope or threshold, expected max(x, 0)");
        }
        return builder.relu(name, src);
    }

    private Value pooled(Json config, Value map) {
        return config.get("keepdims").flag(false) ? map : builder.flatten(map);
    }

    private static Steps poolSteps(Json config) {
        int[] size = pair(config.get("pool_size"), 2);
        int[] strides = config.get("strides").isNull() ? size : pair(config.get("strides"), 1);
        return new Steps(size[0], size[1], strides[0], strides[1], 1);
    }

    private static Pads pads(Json config) {
        String padding = config.get("padding").text("valid");
        return switch (padding) {
            case "valid" -> Pads.NONE;
            case "same" -> new Pads.Same(true);
            default ->
                throw new IllegalArgumentException(
                        "padding '" + padding + "' is not supported, expected valid or same");
        };
    }

    private static Pads.Explicit padding(Json padding) {
        if (!padding.isArray()) {
            int all = padding.integer(1);
            return new Pads.Explicit(all, all, all, all);
        }
        List<Json> sides = padding.elements();
        int[] rows = pair(sides.getFirst(), 1);
        int[] columns = pair(sides.getLast(), 1);
        return new Pads.Explicit(rows[0], columns[0], rows[1], columns[1]);
    }

    private static int dilation(Json config) {
        int[] dilation = pair(config.get("dilation_rate"), 1);
        if (dilation[0] != dilation[1]) {
            throw new IllegalArgumentException("it is dilated by " + dilation[0] + " and " + dilation[1]
                    + " (vertically, horizontally), expected the same");
        }
        return dilation[0];
    }

    /** Two numbers, or one for both. */
    private static int[] pair(Json json, int ifNull) {
        if (!json.isArray()) {
            int both = json.integer(ifNull);
            return new int[] {both, both};
        }
        List<Json> elements = json.elements();
        if (elements.size() != 2) {
            throw new IllegalArgumentException(
                    "its " + json.path() + " has " + elements.size() + " numbers, expected 2");
        }
        return new int[] {elements.get(0).integer(), elements.get(1).integer()};
    }

    private static void requireChannelsLast(Json config) {
        String format = config.get("data_format").text(CHANNELS_LAST);
        if (!format.equals(CHANNELS_LAST)) {
            throw new IllegalArgumentException("its data_format is '" + format + "', expected " + CHANNELS_LAST);
        }
    }

    private @Nullable Parameter bias(String name, Json config) {
        return config.get("use_bias").flag(true) ? tensor(name, "bias") : null;
    }

    private Parameter tensor(String layer, String field) {
        String name = layer + "." + field;
        @Nullable TensorInfo info = source.tensors().get(name);
        if (info == null) {
            throw new IllegalArgumentException(source.origin() + " has no tensor '" + name + "'");
        }
        if (!info.type().readable()) {
            throw new IllegalArgumentException(source.origin() + ": " + info + ", expected F32, F16 or BF16");
        }
        read.add(name);
        return new Parameter(info.shape(), () -> source.read(name));
    }
}
