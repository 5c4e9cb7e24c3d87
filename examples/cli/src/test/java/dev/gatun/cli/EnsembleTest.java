package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.Prediction;
import dev.gatun.ResNet;
import dev.gatun.answers.Consensus;
import dev.gatun.image.Crops;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several models, and several crops. */
class EnsembleTest {
    private static final Path AIRPLANE = Run.images().resolve("airplane.jpg");

    @TempDir
    Path directory;

    @Test
    void takesTheMeanOfTheProbabilitiesOfModels() {
        double[] bundled = probabilities("--model", "resnet20-cifar10");
        double[] random = probabilities("--model", "resnet32-cifar10", "--weights", "random:5");
        double[] both =
                probabilities("--model", "resnet20-cifar10", "--model", "resnet32-cifar10", "--weights", "random:5");

        assertThat(both).hasSize(10);
        for (int i = 0; i < 10; i++) {
            assertThat(both[i]).isCloseTo((bundled[i] + random[i]) / 2, within(1e-5));
        }
    }

    @Test
    void takesTheMeanOfTheProbabilitiesOfTenCrops() throws IOException {
        Preprocessor preprocessor = new Preprocessor(ResNet.bundled().preprocessing());
        Consensus consensus = new Consensus(10);
        int number = 0;
        for (RgbImage crop : preprocessor.crops(ImageDecoder.decode(AIRPLANE), Crops.TEN)) {
            Path file = directory.resolve("crop" + number++ + ".png");
            Pngs.write(file, crop);
            double[] alone = probabilities(file);
            float[] logits = new float[10];
            for (int i = 0; i < 10; i++) {
                logits[i] = (float) Math.log(alone[i]);
            }
            consensus.add(logits, 0);
        }
        float[] expected = consensus.logits();

        double[] ten = probabilities("--crops", 10, AIRPLANE);

        for (Prediction prediction : Prediction.top(expected, ResNet.bundled().labels(), 10)) {
            assertThat(ten[prediction.index()]).isCloseTo(prediction.probability(), within(1e-4));
        }
    }

    @Test
    void takesTheMeanOfTheLogitsOfModels() {
        double[] first = probabilities("--weights", "random:5");
        double[] second = probabilities("--weights", "random:6");
        double[] both = probabilities("--weights", "random:5", "--weights", "random:6", "--average", "logits");
        double sum = 0;
        for (int i = 0; i < 10; i++) {
            sum += Math.sqrt(first[i] * second[i]);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(both[i]).isCloseTo(Math.sqrt(first[i] * second[i]) / sum, within(1e-4));
        }
    }

    @Test
    void takesTheMeanOverScales() {
        double[] small = probabilities("--weights", "random:5", "--scales", "32");
        double[] large = probabilities("--weights", "random:5", "--scales", "64");
        double[] both = probabilities("--weights", "random:5", "--scales", "32,64");
        assertThat(large).isNotEqualTo(small);
        for (int i = 0; i < 10; i++) {
            assertThat(both[i]).isCloseTo((small[i] + large[i]) / 2, within(1e-5));
        }
        Run run = Run.gatun("classify", "--scales", "32,x", AIRPLANE);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("expected paper or lengths with commas, such as 224,256: 'x' is not a whole");
    }

    @Test
    void saysWhoAnswered() {
        Run run = Run.gatun(
                "classify", "--json", "--weights", "random:1", "--weights", "random:2", "--crops", 10, AIRPLANE);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.json().getFirst().get("model").asText()).isEqualTo("resnet20-cifar10 + resnet20-cifar10");
        assertThat(run.err())
                .contains("weights random (seed 1) + resnet20-cifar10 with weights random (seed 2), ten crops, f32");
    }

    @Test
    void refusesModelsOfOtherClassesAndOtherCrops() {
        Run run = Run.gatun(
                "classify", "--model", "resnet20-cifar10", "--model", "resnet18", "--weights", "random", AIRPLANE);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("has 1000 classes, expected as many as resnet20-cifar10");

        Run crops = Run.gatun("classify", "--crops", 5, AIRPLANE);
        assertThat(crops.status()).isEqualTo(2);
        assertThat(crops.err()).contains("'5' crops, expected 1 or 10");
    }

    private static double[] probabilities(Object... arguments) {
        Object[] all = new Object[arguments.length + 5];
        System.arraycopy(new Object[] {"classify", "--json", "--top", 10}, 0, all, 0, 4);
        System.arraycopy(arguments, 0, all, 4, arguments.length);
        all[arguments.length + 4] = arguments[arguments.length - 1] instanceof Path ? "--exif" : AIRPLANE;
        Run run = Run.gatun(all);
        assertThat(run.status()).as(run.err()).isZero();
        double[] probabilities = new double[10];
        for (JsonNode prediction : run.json().getFirst().get("top")) {
            probabilities[prediction.get("index").asInt()] =
                    prediction.get("probability").asDouble();
        }
        return probabilities;
    }
}
