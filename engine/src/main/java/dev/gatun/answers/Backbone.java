package dev.gatun.answers;

import dev.gatun.Model;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Node;
import dev.gatun.spec.Features;
import dev.gatun.spec.HeadSpec;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Variants;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes a model that names classes one that puts out features, with the same weights. */
public final class Backbone {
    private static final String MAXIMUM = "backbone_maximum";

    private Backbone() {}

    /**
     * A model that puts out features: maps as [n, c, h, w], pooled ones as [n, c, 1, 1].
     *
     * @param model with classes, of any origin; for {@link Features#PYRAMID} with the graph of its variant, which a network that a file
     *     describes operation by operation has not
     * @throws IllegalArgumentException if the model has none of these features
     */
    public static Model of(Model model, Features kind) {
        Optional<ResNetSpec> spec = spec(model);
        if (spec.isPresent()) {
            return model.withGraph(GraphBuilder.build(spec.get().withHead(new HeadSpec.Backbone(kind))));
        }
        ClassHead head = ClassHead.of(model.graph());
        Graph graph = model.graph();
        return model.withGraph(
                switch (kind) {
                    case LAST_MAP -> graph.withOutputs(List.of(head.map()));
                    case AVERAGE -> graph.withOutputs(List.of(head.mean()));
                    case MAXIMUM -> greatest(graph.withOutputs(List.of(head.map())), head.map());
                    case PYRAMID -> throw unknownStages(model, "a pyramid");
                });
    }

    /**
     * A model that puts out features, the last of which are smaller than the images by {@code outputStride} only; see {@link
     * ResNetSpec#withOutputStride}.
     *
     * @param model with the graph of its variant
     * @throws IllegalArgumentException if the variant is not known, or has no such stride
     */
    public static Model of(Model model, Features kind, int outputStride) {
        ResNetSpec spec = spec(model).orElseThrow(() -> unknownStages(model, "another output stride"));
        return model.withGraph(
                GraphBuilder.build(spec.withOutputStride(outputStride).withHead(new HeadSpec.Backbone(kind))));
    }

    private static Graph greatest(Graph graph, String map) {
        List<Node> nodes = new ArrayList<>(graph.nodes());
        nodes.add(new Node.GlobalMaxPool(MAXIMUM, map));
        return new Graph(nodes, List.of(MAXIMUM));
    }

    /** The spec that the model's graph was built from, with any head. */
    private static Optional<ResNetSpec> spec(Model model) {
        return Optional.ofNullable(Variants.all().get(model.name())).stream()
                .flatMap(variant -> heads(model).map(variant::withHead))
                .filter(candidate -> GraphBuilder.build(candidate).equals(model.graph()))
                .findFirst();
    }

    private static Stream<HeadSpec> heads(Model model) {
        return model.classes() > 0
                ? Stream.of(HeadSpec.logits(model.classes()))
                : Arrays.stream(Features.values()).map(HeadSpec.Backbone::new);
    }

    private static IllegalArgumentException unknownStages(Model model, String wanted) {
        return new IllegalArgumentException(model + " cannot have " + wanted
                + ": its stages are not known, since it is not built from the spec of a variant");
    }
}
