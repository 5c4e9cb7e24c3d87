package dev.gatun.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.SmallNetworks;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Passes;
import dev.gatun.spec.Variants;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GraphJsonTest {
    private static Map<String, Graph> graphs() {
        Map<String, Graph> graphs = new LinkedHashMap<>(SmallNetworks.all());
        Variants.all().forEach((name, spec) -> graphs.put(name, GraphBuilder.build(spec)));
        return graphs;
    }

    @Test
    void readsTheGraphsThatItWritesAsBuiltAndFused() {
        assertThat(graphs()).hasSizeGreaterThan(10).allSatisfy((name, graph) -> {
            assertThat(GraphJson.read(GraphJson.write(graph))).isEqualTo(graph);
            Graph fused = Passes.fuse(graph);
            assertThat(fused.fused()).isTrue();
            assertThat(graph.fused()).isFalse();
            assertThat(GraphJson.read(GraphJson.write(fused))).isEqualTo(fused);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"src\":[\"layer1.0.relu1\",\"maxpool\",\"maxpool\"]; Conv layer1.0.conv2 reads 3 results, expected 1 or 2",
                "\"src\":[]; Conv layer1.0.conv2 reads 0 results, expected 1 or 2",
                "\"src\":[\"layer1.0.relu1\"],\"norm\":{\"op\":\"Relu\",\"name\":\"r\",\"src\":[\"conv1\"]}; norm is no BatchNorm"
            })
    void saysWhatIsWrongWithAConvolution(String replacementAndMessage) {
        int semicolon = replacementAndMessage.indexOf("; ");
        String right = "\"name\":\"layer1.0.conv2\",\"src\":[\"layer1.0.relu1\"]";
        String json = GraphJson.write(GraphBuilder.build(Variants.named("resnet18")));
        assertThat(json).contains(right);
        String wrong =
                json.replace(right, "\"name\":\"layer1.0.conv2\"," + replacementAndMessage.substring(0, semicolon));

        assertThatThrownBy(() -> GraphJson.read(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(replacementAndMessage.substring(semicolon + 2));
    }
}
