package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.graph.Epilogue;
import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.graph.Window;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FoldedConvTest {
    private static final Window WINDOW = Window.square(1, 1, 0);

    @Test
    void computesTheNormalisationOfTheConvolution() {
        Node.Conv conv = Node.Conv.stored("c", "x", 1, 2, 1, WINDOW).withNorm(new Node.BatchNorm("n", "c", 2, 1));
        Map<String, float[]> parameters = Map.of(
                "c.weight", new float[] {3, 5},
                "n.weight", new float[] {2, 4},
                "n.bias", new float[] {1, -1},
                "n.running_mean", new float[] {10, 20},
                "n.running_var", new float[] {3, 15});
        FoldedConv folded = FoldedConv.of(conv, parameters::get);
        // (3x - 10) / 2 * 2 + 1 and (5x - 20) / 4 * 4 - 1
        assertThat(folded.weights().get()).containsExactly(3, 5);
        assertThat(folded.bias().get()).containsExactly(-9, -21);
        assertThat(folded.shape().toArray()).containsExactly(2, 1, 1, 1);
    }

    @Test
    void embedsChannels() {
        Node.Conv conv =
                new Node.Conv("c", "x", 1, 3, 1, WINDOW, new Kernel.ChannelEmbedding(1), null, null, Epilogue.NONE);
        assertThat(FoldedConv.of(conv, Map.<String, float[]>of()::get).weights().get())
                .containsExactly(0, 1, 0);
    }
}
