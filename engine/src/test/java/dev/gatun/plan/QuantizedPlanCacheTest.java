package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.graph.Graph;
import dev.gatun.quantize.Bar;
import dev.gatun.quantize.QuantizedFile;
import dev.gatun.quantize.QuantizedModel;
import dev.gatun.quantize.QuantizedNetwork;
import dev.gatun.quantize.SmallQuantized;
import dev.gatun.spec.BlockKind;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Shortcut;
import dev.gatun.weights.WeightFiles;
import dev.gatun.weights.WeightFormatException;
import dev.gatun.weights.WeightSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Quantised files and the cache; what the cache does by itself is {@link PlanCacheTest}'s. */
class QuantizedPlanCacheTest {
    private static QuantizedModel model;

    @TempDir
    Path directory;

    private Path file;
    private PlanCache cache;

    @BeforeAll
    static void quantize() {
        QuantizedModel free = SmallQuantized.model(BlockKind.BASIC, Shortcut.ZERO_PAD, new Bar(0, -100));
        // Some layers in int8 and some not.
        model = SmallQuantized.model(
                BlockKind.BASIC, Shortcut.ZERO_PAD, new Bar(0, free.report().decibels() + 2));
    }

    @BeforeEach
    void writesTheFile() throws IOException {
        file = directory.resolve("small.safetensors");
        QuantizedFile.write(model, file);
        cache = new PlanCache(Optional.of(Files.createDirectory(directory.resolve("plans"))), true, 1L << 30);
    }

    private QuantizedNetwork opened() {
        try (WeightSource source = WeightFiles.open(file)) {
            return QuantizedFile.read(source).network();
        }
    }

    private static PlanRequest request(InputFormat input, Precision precision) {
        return new PlanRequest(2, 32, 32, input, precision, false, 1, SmallQuantized.PREPROCESSING.normalization());
    }

    private float[] run(QuantizedNetwork network, PlanRequest request) {
        return run(network.graph(), network.layerWeights(), request);
    }

    private float[] run(Graph graph, LayerWeights weights, PlanRequest request) {
        try (Plan plan = Plan.of(graph, weights, request, cache, TuningFile::ofUser);
                Execution execution = new Execution(plan);
                Arena arena = Arena.ofConfined()) {
            MemorySegment src = arena.allocate(plan.srcBytes(), 64);
            MemorySegment dst = arena.allocate(plan.dstBytes(), 64);
            for (long i = 0; i < plan.srcBytes() / Float.BYTES; i++) {
                int pixels = (int) (i * 0x9E3779B1L);
                if (request.input().pixels()) {
                    src.setAtIndex(ValueLayout.JAVA_INT, i, pixels);
                } else {
                    src.setAtIndex(ValueLayout.JAVA_FLOAT, i, pixels * 0x1p-31f);
                }
            }
            execution.run(src, dst);
            return dst.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private long plans() throws IOException {
        try (Stream<Path> plans = Files.list(directory.resolve("plans"))) {
            return plans.filter(plan -> plan.toString().endsWith(".plan")).count();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = InputFormat.class,
            names = {"F32_NCHW", "U8_NHWC"})
    void theSecondPlanAsksForNoTensorAndGivesTheSameBits(InputFormat input) throws IOException {
        PlanRequest request = request(input, Precision.INT8);
        float[] expected = run(model.network(), request);
        assertThat(plans()).as("of a network in memory").isZero();
        assertThat(run(opened(), request)).containsExactly(expected);
        assertThat(plans()).isOne();

        QuantizedNetwork network = opened();
        Optional<String> contentId = network.layerWeights().contentId();
        assertThat(contentId).isPresent();
        Files.delete(file);
        assertThatThrownBy(() -> network.parameter("layer2.0.conv2.weight")).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> network.parameter("conv1.weight")).hasMessageContaining("does not exist");

        LayerWeights gone = LayerWeights.folding(network::parameter, network.quantization(), () -> contentId);
        assertThat(run(network.graph(), gone, request)).containsExactly(expected);
    }

    @Test
    void weightsOfAFileThatHasChangedAreRefusedUnlessTheyAreCached() throws IOException {
        PlanRequest request = request(InputFormat.F32_NCHW, Precision.INT8);
        QuantizedNetwork network = opened();
        float[] expected = run(network, request);
        Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);

        assertThat(run(network, request)).containsExactly(expected);
        assertThatThrownBy(() -> run(network, request(InputFormat.U8_NHWC, Precision.INT8)))
                .isInstanceOf(WeightFormatException.class)
                .hasMessageContaining("has changed since it was opened");
    }

    @Test
    void withoutAContentIdNothingIsKept() throws IOException {
        run(opened().withoutContentId(), request(InputFormat.F32_NCHW, Precision.INT8));
        assertThat(plans()).isZero();
    }
}
