package dev.gatun;

import dev.gatun.graph.GraphBuilder;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.Variants;
import dev.gatun.weights.NameMapping;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds out which networks weights are for, by the names and shapes of their tensors. */
public final class VariantRecognizer {
    /** Its length is the number of classes; torchvision's name for the head. */
    private static final String HEAD_BIAS = "fc.bias";

    private VariantRecognizer() {}

    /**
     * The variants whose parameters are exactly these tensors, with the number of classes that the tensors have, in the order of
     * {@link Variants#all()}. There can be several, since where a network strides shows in no tensor: {@code resnet50} comes
     * before {@code resnet50-v1}. Empty if there is none. Reads no values.
     */
    public static List<ResNetSpec> recognize(WeightSource source) {
        Map<String, Shape> shapes = new HashMap<>();
        for (TensorInfo tensor : source.tensors().values()) {
            String name = NameMapping.TORCH.map(tensor.name());
            if (!NameMapping.TORCH.ignores(name) && shapes.put(name, tensor.shape()) != null) {
                return List.of();
            }
        }
        Shape bias = shapes.getOrDefault(HEAD_BIAS, Shape.of());
        if (bias.rank() != 1 || bias.elements() < 1 || bias.elements() > Integer.MAX_VALUE) {
            return List.of();
        }
        return Variants.all().values().stream()
                .map(spec -> spec.withClasses(bias.intDim(0)))
                .filter(spec -> shapes.equals(parameters(spec)))
                .toList();
    }

    private static Map<String, Shape> parameters(ResNetSpec spec) {
        return GraphBuilder.build(spec).parameters().stream()
                .collect(Collectors.toMap(TensorSpec::name, TensorSpec::shape));
    }
}
