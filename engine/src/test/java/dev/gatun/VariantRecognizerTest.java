package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.graph.GraphBuilder;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Shape;
import dev.gatun.spec.Variants;
import dev.gatun.weights.ElementType;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VariantRecognizerTest {
    /** Tensors without values. */
    private record Listed(Map<String, TensorInfo> tensors) implements WeightSource {
        @Override
        public String container() {
            return "test";
        }

        @Override
        public String origin() {
            return "test";
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of();
        }

        @Override
        public float[] read(String name) {
            throw new AssertionError("read " + name);
        }

        @Override
        public void close() {}

        Listed with(String name, long... dims) {
            Map<String, TensorInfo> more = new LinkedHashMap<>(tensors);
            more.put(name, new TensorInfo(name, ElementType.F32, Shape.of(dims)));
            return new Listed(more);
        }

        Listed without(String name) {
            Map<String, TensorInfo> fewer = new LinkedHashMap<>(tensors);
            fewer.remove(name);
            return new Listed(fewer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet34", "resnet20-cifar10", "resnet32-cifar10", "resnet110-cifar10"})
    void recognisesAVariant(String name) {
        assertThat(recognise(listed(Variants.named(name), UnaryOperator.identity())))
                .containsExactly(name);
    }

    @Test
    void namesBothStridePlacementsTheUsualOneFirst() {
        assertThat(recognise(listed(Variants.named("resnet101"), UnaryOperator.identity())))
                .containsExactly("resnet101", "resnet101-v1");
    }

    @Test
    void seesThroughTrainingProgramsNames() {
        Listed source =
                listed(Variants.named("resnet20-cifar10"), name -> "module." + name.replaceFirst("^fc\\.", "linear."));

        assertThat(recognise(source.with("module.bn1.num_batches_tracked"))).containsExactly("resnet20-cifar10");
    }

    @Test
    void countsTheClasses() {
        List<ResNetSpec> found = VariantRecognizer.recognize(
                listed(Variants.named("resnet18").withClasses(7), UnaryOperator.identity()));

        assertThat(found).containsExactly(Variants.named("resnet18").withClasses(7));
    }

    @Test
    void recognisesNothingThatDiffers() {
        Listed source = listed(Variants.named("resnet18"), UnaryOperator.identity());

        assertThat(recognise(source.with("extra", 3))).isEmpty();
        assertThat(recognise(source.without("layer1.0.bn1.bias"))).isEmpty();
        assertThat(recognise(source.without("fc.bias"))).isEmpty();
        assertThat(recognise(source.with("conv1.weight", 64, 3, 3, 3))).isEmpty();
        assertThat(recognise(source.with("fc.bias", 0))).isEmpty();
        assertThat(recognise(source.with("module.fc.bias", 1000))).isEmpty();
        assertThat(recognise(new Listed(Map.of()))).isEmpty();
    }

    private static List<String> recognise(WeightSource source) {
        return VariantRecognizer.recognize(source).stream()
                .map(ResNetSpec::name)
                .toList();
    }

    private static Listed listed(ResNetSpec spec, UnaryOperator<String> naming) {
        Listed listed = new Listed(Map.of());
        for (var parameter : GraphBuilder.build(spec).parameters()) {
            listed = listed.with(
                    naming.apply(parameter.name()), parameter.shape().toArray());
        }
        return listed;
    }
}
