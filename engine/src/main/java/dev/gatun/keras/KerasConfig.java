package dev.gatun.keras;

import dev.gatun.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The layers of a model and what each reads, from the JSON of Keras 2 or 3.
 *
 * @param name of the model
 * @param layers in an order in which they can run
 * @param outputs names of the layers whose results leave the model
 */
record KerasConfig(String name, List<Layer> layers, List<String> outputs) {
    /** A ResNet-1202 has some 6,000. */
    private static final int MAX_LAYERS = 1 << 14;

    private static final Set<String> MODELS = Set.of("Model", "Functional", "Sequential");

    /**
     * A layer.
     *
     * @param type name of its class
     * @param name unique in the model
     * @param config its arguments
     * @param sources names of the layers that it reads
     */
    record Layer(String type, String name, Json config, List<String> sources) {
        /** How messages call it. */
        @Override
        public String toString() {
            return type + " '" + name + "'";
        }
    }

    /** Reads what {@code Model.to_json} writes. */
    static KerasConfig parse(String text) {
        Json root = Json.parse(text);
        String type = root.get("class_name").text();
        if (!MODELS.contains(type)) {
            throw new IllegalArgumentException(
                    "is the configuration of a " + type + ", expected one of a functional or" + " sequential model");
        }
        boolean sequential = type.equals("Sequential");
        Json config = root.get("config");
        List<Json> entries = (config.isArray() ? config : config.get("layers")).elements();
        if (entries.isEmpty() || entries.size() > MAX_LAYERS) {
            throw new IllegalArgumentException(
                    "has " + entries.size() + " layers, expected one or more and at most " + MAX_LAYERS);
        }
        List<Layer> layers = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Json entry : entries) {
            Layer layer = layer(entry, sequential, layers);
            if (!names.add(layer.name())) {
                throw new IllegalArgumentException("two layers are named '" + layer.name() + "'");
            }
            layers.add(layer);
        }
        List<String> outputs = sequential ? List.of(layers.getLast().name()) : layerNames(config.get("output_layers"));
        String name = config.isArray() ? "sequential" : config.get("name").text("model");
        return new KerasConfig(name, inOrder(layers), outputs);
    }

    private static Layer layer(Json entry, boolean sequential, List<Layer> before) {
        Json config = entry.get("config");
        String type = entry.get("class_name").text();
        // Sequential models of Keras 2 name layers in their arguments only.
        String name = entry.get("name").isNull()
                ? config.get("name").text()
                : entry.get("name").text();
        if (sequential) {
            return new Layer(
                    type,
                    name,
                    config,
                    before.isEmpty() ? List.of() : List.of(before.getLast().name()));
        }
        List<Json> calls = entry.get("inbound_nodes").elements();
        if (calls.size() > 1) {
            throw new IllegalArgumentException("layer '" + name + "' is used " + calls.size()
                    + " times, expected once: shared layers are not supported");
        }
        List<String> sources = new ArrayList<>();
        calls.forEach(call -> sources(call, sources));
        return new Layer(type, name, config, List.copyOf(sources));
    }

    /** Keras 2 writes [[name, 0, 0, {}], ...]; Keras 3 arguments with tensors in them, each with a keras_history [name, 0, 0]. */
    private static void sources(Json call, List<String> names) {
        if (call.isArray()) {
            List<Json> elements = call.elements();
            if (!elements.isEmpty() && elements.getFirst().isText()) {
                names.add(elements.getFirst().text());
            } else {
                elements.forEach(element -> sources(element, names));
            }
        } else if (call.isObject()) {
            Json history = call.get("keras_history");
            if (!history.isNull()) {
                names.add(history.elements().getFirst().text());
            } else {
                call.members().stream()
                        .filter(member -> member.isArray() || member.isObject())
                        .forEach(member -> sources(member, names));
            }
        }
    }

    private static List<String> layerNames(Json outputs) {
        List<String> names = new ArrayList<>();
        sources(outputs, names);
        return List.copyOf(names);
    }

    private static List<Layer> inOrder(List<Layer> layers) {
        List<Layer> ordered = new ArrayList<>();
        Set<String> done = new HashSet<>();
        List<Layer> left = layers;
        while (!left.isEmpty()) {
            List<Layer> waiting = new ArrayList<>();
            for (Layer layer : left) {
                if (done.containsAll(layer.sources())) {
                    ordered.add(layer);
                    done.add(layer.name());
                } else {
                    waiting.add(layer);
                }
            }
            if (waiting.size() == left.size()) {
                Layer stuck = waiting.getFirst();
                throw new IllegalArgumentException(
                        "layer " + stuck + " reads " + stuck.sources() + ", which are not all layers before it");
            }
            left = waiting;
        }
        return List.copyOf(ordered);
    }
}
