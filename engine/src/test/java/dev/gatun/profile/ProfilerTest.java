package dev.gatun.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.RandomValues;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphCost;
import dev.gatun.graph.Passes;
import dev.gatun.image.Normalization;
import dev.gatun.onednn.DataType;
import dev.gatun.plan.Execution;
import dev.gatun.plan.LayerWeights;
import dev.gatun.plan.Plan;
import dev.gatun.plan.PlanRequest;
import dev.gatun.plan.StepCost;
import dev.gatun.plan.StepListener;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Variants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("isa")
class ProfilerTest {
    private static final Graph NETWORK = GraphBuilder.build(Variants.named("resnet20-cifar10"));

    private static Plan plan(int batch, InputFormat input, Precision precision) {
        PlanRequest request = new PlanRequest(batch, 32, 32, input, precision, true, 1, Normalization.IMAGENET);
        return Plan.of(NETWORK, LayerWeights.folding(new RandomValues(NETWORK, 1)::get), request);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "F16"})
    void stepsCostWhatTheNetworkDoes(Precision precision) {
        long macs = GraphCost.of(Passes.fuse(NETWORK), 32, 32).multiplyAccumulates();
        for (int batch : new int[] {1, 3}) {
            try (Plan plan = plan(batch, InputFormat.F32_NCHW, precision)) {
                assertThat(plan.stepCosts().stream().mapToLong(StepCost::macs).sum())
                        .isEqualTo(batch * macs);
                assertThat(plan.stepCosts())
                        .extracting(StepCost::name)
                        .isEqualTo(plan.stepInfos().stream()
                                .map(Plan.StepInfo::name)
                                .toList());
            }
        }
    }

    @Test
    void aConvolutionMovesItsImagesItsWeightsAndItsResult() {
        try (Plan plan = plan(1, InputFormat.F32_NCHW, Precision.F32)) {
            StepCost conv = plan.stepCosts().stream()
                    .filter(cost -> cost.name().equals("layer1.0.conv1"))
                    .findFirst()
                    .orElseThrow();
            assertThat(conv.type()).isEqualTo(DataType.F32);
            // 16 channels of 32x32 in and out; 16x16 kernels of 3x3
            assertThat(conv.macs()).isEqualTo(16L * 32 * 32 * 16 * 9);
            assertThat(conv.srcBytes()).isEqualTo(16L * 32 * 32 * 4);
            assertThat(conv.dstBytes()).isEqualTo(16L * 32 * 32 * 4);
            assertThat(conv.weightBytes()).isEqualTo((16L * 16 * 9 + 16) * 4);
        }
    }

    @Test
    void pixelsAreReadAsBytesAndWrittenNormalised() {
        try (Plan plan = plan(1, InputFormat.U8_NHWC, Precision.F32)) {
            StepCost normalize = plan.stepCosts().getFirst();
            assertThat(normalize.srcBytes()).isEqualTo(3L * 32 * 32);
            assertThat(normalize.dstBytes()).isEqualTo(3L * 32 * 32 * 4);
            assertThat(normalize.macs()).isZero();
        }
    }

    @Test
    void aListenerHearsEveryStepInOrderAndChangesNoBit() {
        try (Plan plan = plan(1, InputFormat.F32_NCHW, Precision.F32);
                Execution execution = new Execution(plan);
                Arena arena = Arena.ofConfined()) {
            MemorySegment src = arena.allocateFrom(ValueLayout.JAVA_FLOAT, RandomValues.uniform(4, 3 * 32 * 32, -1, 1));
            MemorySegment dst = arena.allocate(plan.dstBytes(), 64);
            execution.run(src, dst);
            float[] alone = dst.toArray(ValueLayout.JAVA_FLOAT);
            StringBuilder heard = new StringBuilder();
            dst.fill((byte) 0);
            execution.run(src, dst, new StepListener() {
                @Override
                public void before(int step) {
                    heard.append(step).append('<');
                }

                @Override
                public void after(int step) {
                    heard.append(step).append('>');
                }
            });
            assertThat(dst.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(alone);
            StringBuilder expected = new StringBuilder();
            IntStream.range(0, plan.stepInfos().size())
                    .forEach(step ->
                            expected.append(step).append('<').append(step).append('>'));
            assertThat(heard).hasToString(expected.toString());
        }
    }

    @Test
    void profilesEveryStep() {
        for (InputFormat input : InputFormat.values()) {
            try (Plan plan = plan(2, input, Precision.F32)) {
                Profile profile = Profiler.profile(plan, 3);
                assertThat(profile.batch()).isEqualTo(2);
                assertThat(profile.runs()).isEqualTo(3);
                assertThat(profile.runNanos()).isPositive();
                assertThat(profile.layers())
                        .extracting(layer -> layer.cost().name())
                        .containsAll(
                                plan.stepCosts().stream().map(StepCost::name).toList());
                assertThat(profile.layers().stream()
                                .mapToInt(LayerProfile::steps)
                                .sum())
                        .isEqualTo(plan.stepCosts().size());
                assertThat(profile.macs())
                        .isEqualTo(plan.stepCosts().stream()
                                .mapToLong(StepCost::macs)
                                .sum());
                assertThat(profile.layers())
                        .allSatisfy(layer -> assertThat(layer.nanos()).isPositive());
                assertThat(profile.peaks()).containsOnlyKeys(DataType.F32);
            }
        }
    }

    @Test
    void refusesNoRunsAndVirtualThreads() throws InterruptedException {
        try (Plan plan = plan(1, InputFormat.F32_NCHW, Precision.F32)) {
            assertThatThrownBy(() -> Profiler.profile(plan, 0)).hasMessageContaining("runs must be at least 1");
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            Profiler.profile(plan, 1);
                        } catch (IllegalStateException e) {
                            thrown.set(e);
                        }
                    })
                    .join();
            assertThat(thrown.get()).hasMessageContaining("platform threads only");
        }
    }
}
