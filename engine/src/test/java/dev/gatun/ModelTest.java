package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import dev.gatun.image.Preprocessing;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.TensorSpec;
import dev.gatun.weights.NameMapping;
import dev.gatun.weights.RandomWeights;
import dev.gatun.weights.WeightSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Models of graphs that no spec describes. */
class ModelTest {
    private static final InputSpec INPUT = new InputSpec(3, 32);
    private static final Graph GRAPH = new Graph(
            List.of(
                    new Node.Input("images", 3),
                    Node.Conv.stored("conv", "images", 3, 8, 1, Window.same(3, 2)),
                    new Node.GlobalAveragePool("pool", "conv"),
                    new Node.InnerProduct("logits", "pool", 8, 5)),
            List.of("logits"));

    @Test
    void runsAnyGraph() {
        Model model = model(GRAPH, INPUT, weights(GRAPH.parameters()), 5);
        assertThat(model.classes()).isEqualTo(5);
        assertThat(model).hasToString("mine with weights from random (seed 1)");
        try (Runner runner = new Runner(model, CompileOptions.defaults())) {
            assertThat(runner.run(Runner.images(2, runner.compiled())))
                    .hasSize(5)
                    .doesNotContain(Float.NaN);
        }
    }

    @Test
    void hasNoClassesWhereTheGraphPutsOutFeatures() {
        Graph features = new Graph(GRAPH.nodes().subList(0, 3), List.of("pool"));
        assertThat(model(features, INPUT, weights(GRAPH.parameters()), 0).classes())
                .isZero();
        assertThatThrownBy(() -> model(features, INPUT, weights(GRAPH.parameters()), 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("8 labels for mine of 0 classes, expected as many");
    }

    @Test
    void rejectsWhatDoesNotFitTheGraph() {
        WeightSet weights = weights(GRAPH.parameters());
        assertThatThrownBy(() -> model(GRAPH, INPUT, weights, 4))
                .hasMessage("4 labels for mine of 5 classes, expected as many");
        assertThatThrownBy(() -> model(GRAPH, new InputSpec(1, 32), weights, 5))
                .hasMessage("mine reads images of 3 channels, but is said to be designed for 1");
        assertThatThrownBy(() -> model(GRAPH, INPUT, weights(GRAPH.parameters().subList(0, 2)), 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weights from random (seed 1) have no logits.bias, expected shape [5]");
    }

    private static Model model(Graph graph, InputSpec input, WeightSet weights, int labels) {
        return Model.of("mine", graph, input, weights, Preprocessing.IMAGENET, Labels.numbered(labels));
    }

    private static WeightSet weights(List<TensorSpec> parameters) {
        return WeightSet.check(RandomWeights.he(parameters, 1), parameters, NameMapping.IDENTITY);
    }
}
