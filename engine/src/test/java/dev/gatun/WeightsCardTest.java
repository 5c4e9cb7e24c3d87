package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.graph.GraphBuilder;
import dev.gatun.image.Interpolation;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Variants;
import dev.gatun.weights.ElementType;
import dev.gatun.weights.NameMapping;
import dev.gatun.weights.RandomWeights;
import dev.gatun.weights.WeightSource;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How images are prepared for weights of which the file says nothing, or something. */
class WeightsCardTest {
    @TempDir
    Path directory;

    /** timm's resnet.py, {@code default_cfgs}; torchvision's resnet.py; Keras' preprocess_input; transformers' preprocessor_config.json. */
    @ParameterizedTest
    @CsvSource({
        "resnet50, torch, 256, 224, BILINEAR, IMAGENET",
        "resnet50, Hugging Face, 256, 224, BICUBIC, IMAGENET",
        "resnet26d, torch, 256, 224, BICUBIC, IMAGENET",
        "resnet152d, torch, 256, 256, BICUBIC, IMAGENET",
        "resnet50-keras, torch, 256, 224, BILINEAR, CAFFE",
        "resnet50v2-keras, torch, 256, 224, BILINEAR, MINUS_ONE_TO_ONE",
        "resnet20-cifar10, torch, 32, 32, BILINEAR, IMAGENET",
        "resnet20v1-keras-cifar10, torch, 32, 32, BILINEAR, UNIT"
    })
    void preparesImagesAsTheFamilyDoes(
            String name, String names, int resize, int crop, Interpolation interpolation, String normalization) {
        ResNetSpec spec = Variants.named(name);
        NameMapping mapping = names.equals("torch") ? NameMapping.TORCH : NameMapping.HUGGING_FACE;
        WeightSource silent = RandomWeights.he(GraphBuilder.build(spec).parameters(), 0);
        Map<String, Normalization> known = Map.of(
                "IMAGENET", Normalization.IMAGENET,
                "CAFFE", Normalization.CAFFE,
                "MINUS_ONE_TO_ONE", Normalization.MINUS_ONE_TO_ONE,
                "UNIT", Normalization.UNIT);
        assertThat(WeightsCard.of(spec, mapping, silent).preprocessing())
                .isEqualTo(Preprocessing.square(
                        resize, crop, interpolation, Objects.requireNonNull(known.get(normalization))));
    }

    @Test
    void keepsWhatImagesGoThroughOverAConversion() {
        Preprocessing own = Preprocessing.square(48, 40, Interpolation.BICUBIC, Normalization.CAFFE);
        Path file = directory.resolve("card.safetensors");
        ModelWriter.write(
                ResNet.named("resnet20-cifar10").withPreprocessing(own).randomWeights(1),
                ElementType.F32,
                Map.of(),
                file);
        try (ModelFile opened = ModelFile.open(file)) {
            assertThat(opened.model().preprocessing()).isEqualTo(own);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "crop, 31, expected a number of 32 to 8192",
        "resize, 99999, expected a number of 32 to 8192",
        "resize, wide, expected a number of 32 to 8192",
        "interpolation, lanczos, 'expected one of [BILINEAR, BICUBIC]'"
    })
    void refusesACardThatMakesNoSense(String key, String value, String message) {
        Path file = directory.resolve("card.safetensors");
        Model model = ResNet.named("resnet8-cifar10")
                .withPreprocessing(Preprocessing.none(Normalization.UNIT))
                .randomWeights(1);
        ModelWriter.write(model, ElementType.F32, Map.of(key, value), file);
        try (ModelFile opened = ModelFile.open(file)) {
            assertThatThrownBy(opened::model)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("metadata '" + key + "' is '" + value + "'", message);
        }
    }
}
