package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.graph.GraphBuilder;
import dev.gatun.spec.Features;
import dev.gatun.spec.HeadSpec;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.Variants;
import dev.gatun.weights.ElementType;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VariantRecognizerTest {
    /** Tensors without values. */
    private record Listed(Map<String, TensorInfo> tensors) implements WeightSource {
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
    @ValueSource(
            strings = {
                "resnet18",
                "resnet34",
                "resnext50_32x4d",
                "resnet50d",
                "wide_resnet101_2",
                "resnet50-keras",
                "resnet50v2-keras",
                "resnet20-cifar10-b",
                "resnet20v1-keras-cifar10",
                "resnet20v2-keras-cifar10",
                "resnet62-cifar10-b"
            })
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

        assertThat(recognise(source.with("module.bn1.num_batches_tracked")))
                .containsExactly("resnet20-cifar10", "plain20-cifar10");
    }

    @Test
    void namesPlainNetworksBehindThoseWhoseShortcutsHaveNoParameters() {
        assertThat(recognise(listed(Variants.named("resnet110-cifar10"), UnaryOperator.identity())))
                .containsExactly("resnet110-cifar10", "plain110-cifar10");
        assertThat(recognise(listed(Variants.named("plain34"), UnaryOperator.identity())))
                .containsExactly("resnet34-a", "plain34");
    }

    @Test
    void prefersTheDataSetThatHasAsManyClasses() {
        assertThat(recognise(listed(Variants.named("resnet20-cifar100"), UnaryOperator.identity())))
                .containsExactly("resnet20-cifar100", "plain20-cifar10");
    }

    @Test
    void recognisesBackbonesByTheirWantOfAHead() {
        Listed source = listed(Variants.named("resnet18"), UnaryOperator.identity())
                .without("fc.weight")
                .without("fc.bias");
        assertThat(VariantRecognizer.recognize(source))
                .containsExactly(Variants.named("resnet18").withHead(new HeadSpec.Backbone(Features.AVERAGE)));
    }

    /** Names of transformers' modeling_resnet.py. */
    @Test
    void readsHuggingFacesNames() {
        Map<String, String> renamed = new LinkedHashMap<>(Map.of(
                "conv1.", "resnet.embedder.embedder.convolution.",
                "bn1.", "resnet.embedder.embedder.normalization.",
                "fc.", "classifier.1."));
        UnaryOperator<String> naming = name -> {
            Matcher block = Pattern.compile("layer(\\d)\\.(\\d+)\\.(conv|bn|downsample\\.)(\\d)\\.(.*)")
                    .matcher(name);
            if (!block.matches()) {
                return renamed.entrySet().stream()
                        .filter(entry -> name.startsWith(entry.getKey()))
                        .map(entry ->
                                entry.getValue() + name.substring(entry.getKey().length()))
                        .findFirst()
                        .orElseThrow();
            }
            int index = Integer.parseInt(block.group(4));
            String prefix =
                    "resnet.encoder.stages." + (Integer.parseInt(block.group(1)) - 1) + ".layers." + block.group(2);
            return prefix
                    + switch (block.group(3)) {
                        case "conv" -> ".layer." + (index - 1) + ".convolution.";
                        case "bn" -> ".layer." + (index - 1) + ".normalization.";
                        default -> ".shortcut." + (index == 0 ? "convolution." : "normalization.");
                    }
                    + block.group(5);
        };
        assertThat(recognise(listed(Variants.named("resnet50"), naming)
                        .with("resnet.encoder.stages.0.layers.0.layer.0.normalization.num_batches_tracked")))
                .containsExactly("resnet50", "resnet50-v1");
        assertThat(recognise(listed(Variants.named("resnet18"), naming))).containsExactly("resnet18");
    }

    /** The order of layers in keras/examples/cifar10_resnet.py: a block's projection comes after its branch. */
    @Test
    void countsLayersThatKerasOnlyCounts() {
        for (String name :
                List.of("resnet20v1-keras-cifar10", "resnet29v2-keras-cifar10", "resnet38v2-keras-cifar10")) {
            assertThat(recognise(kerasCounted(Variants.named(name)))).containsExactly(name);
        }
    }

    private static Listed kerasCounted(ResNetSpec spec) {
        List<TensorSpec> parameters = GraphBuilder.build(spec).parameters();
        List<String> blocks =
                parameters.stream().map(VariantRecognizerTest::block).distinct().toList();
        List<TensorSpec> asMade = parameters.stream()
                .sorted(Comparator.comparing((TensorSpec parameter) -> blocks.indexOf(block(parameter)))
                        .thenComparing(parameter -> parameter.name().contains(".downsample.")))
                .toList();
        Map<String, Integer> counts = new LinkedHashMap<>();
        Listed listed = new Listed(Map.of());
        for (TensorSpec parameter : asMade) {
            String field = parameter.name().substring(parameter.name().lastIndexOf('.') + 1);
            String kind = switch (parameter.role()) {
                case CONV_WEIGHT, CONV_BIAS -> "conv2d";
                case INNER_PRODUCT_WEIGHT, INNER_PRODUCT_BIAS -> "dense";
                default -> "batch_normalization";
            };
            // A session may have made other networks before.
            int number = counts.merge(kind, field.equals("weight") ? 1 : 0, Integer::sum) + 6;
            listed = listed.with(
                    kind + "_" + number + "." + field, parameter.shape().toArray());
        }
        return listed;
    }

    private static String block(TensorSpec parameter) {
        return parameter.name().replaceFirst("^(layer\\d+\\.\\d+)\\..*", "$1");
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
