package dev.gatun.graph;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.gatun.SharedData;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.TensorSpec.Role;
import dev.gatun.spec.Variants;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParametersTest {
    @ParameterizedTest
    @CsvSource({
        "resnet50, imagenet/resnet50-pqf-large.f16.safetensors",
        "resnet20-cifar10, cifar10-trained/resnet20-cifar10.safetensors"
    })
    void areThoseOfRealWeights(String variant, String file) throws IOException {
        Map<String, Shape> stored = shapes(SharedData.file(file));
        stored.keySet().removeIf(name -> name.endsWith(".num_batches_tracked"));
        Map<String, Shape> asked = GraphBuilder.build(Variants.named(variant)).parameters().stream()
                .collect(Collectors.toMap(TensorSpec::name, TensorSpec::shape));
        assertThat(asked).isEqualTo(stored);
    }

    @Test
    void comeInTheOrderOfTheOperations() {
        List<TensorSpec> parameters =
                GraphBuilder.build(Variants.named("resnet18")).parameters();
        assertThat(parameters.subList(0, 6))
                .containsExactly(
                        new TensorSpec("conv1.weight", Shape.of(64, 3, 7, 7), Role.CONV_WEIGHT),
                        new TensorSpec("bn1.weight", Shape.of(64), Role.BN_WEIGHT),
                        new TensorSpec("bn1.bias", Shape.of(64), Role.BN_BIAS),
                        new TensorSpec("bn1.running_mean", Shape.of(64), Role.BN_MEAN),
                        new TensorSpec("bn1.running_var", Shape.of(64), Role.BN_VARIANCE),
                        new TensorSpec("layer1.0.conv1.weight", Shape.of(64, 64, 3, 3), Role.CONV_WEIGHT));
        assertThat(parameters.subList(parameters.size() - 2, parameters.size()))
                .containsExactly(
                        new TensorSpec("fc.weight", Shape.of(1000, 512), Role.INNER_PRODUCT_WEIGHT),
                        new TensorSpec("fc.bias", Shape.of(1000), Role.INNER_PRODUCT_BIAS));
    }

    /** The header of a safetensors file: its length in 8 little-endian bytes, then an object for each tensor. */
    private static Map<String, Shape> shapes(Path file) throws IOException {
        byte[] header;
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            header = in.readNBytes(Math.toIntExact(Long.reverseBytes(in.readLong())));
        }
        Map<String, Shape> shapes = new TreeMap<>();
        try (JsonParser json = new JsonFactory().createParser(header)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String tensor = json.currentName();
                json.nextToken();
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String key = json.currentName();
                    json.nextToken();
                    List<Long> numbers = new ArrayList<>();
                    while (json.currentToken() != JsonToken.VALUE_STRING && json.nextToken() != JsonToken.END_ARRAY) {
                        numbers.add(json.getLongValue());
                    }
                    if (key.equals("shape")) {
                        shapes.put(tensor, new Shape(numbers));
                    }
                }
            }
        }
        return shapes;
    }
}
