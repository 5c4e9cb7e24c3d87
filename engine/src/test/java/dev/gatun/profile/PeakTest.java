package dev.gatun.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.natives.MultiplyLoop;
import dev.gatun.natives.ReadLoop;
import dev.gatun.onednn.AmxGuard;
import dev.gatun.onednn.CpuIsa;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.OneDnn;
import dev.gatun.spec.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("isa")
class PeakTest {
    private static final int ITERATIONS = 3;

    @BeforeAll
    static void letOneDnnAskForAmx() {
        AmxGuard.apply();
        assertThat(OneDnn.effectiveIsa()).isNotNull();
    }

    /** All operands are ones, so the accumulators count. */
    @ParameterizedTest
    @EnumSource
    void loopDoesTheMultiplyAccumulatesItClaims(MultiplyLoop loop) {
        boolean amx = loop.name().endsWith("AMX");
        assumeTrue(!amx || OneDnn.effectiveIsa().includes(CpuIsa.AVX10_1_512_AMX), "skipped: oneDNN does not use AMX");
        assumeTrue(loop.obstacle().isEmpty(), () -> "skipped: " + loop.obstacle());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = loop.allocate(arena);
            loop.run(data, ITERATIONS);
            double count = 0;
            for (long at = 24 << 10; at < data.byteSize(); at += Integer.BYTES) {
                count += loop.name().startsWith("INT8")
                        ? data.get(ValueLayout.JAVA_INT, at)
                        : data.get(ValueLayout.JAVA_FLOAT, at);
            }
            assertThat(count).isEqualTo(ITERATIONS * (double) loop.multiplyAccumulates());
        }
    }

    @Test
    void choosesTheLoopOfTheIsaInForce() {
        assertThat(Peak.loop(DataType.U8, CpuIsa.AVX10_1_512_AMX_FP16)).contains(MultiplyLoop.INT8_AMX);
        assertThat(Peak.loop(DataType.F16, CpuIsa.AVX10_1_512_AMX_FP16)).contains(MultiplyLoop.F16_AMX);
        assertThat(Peak.loop(DataType.F16, CpuIsa.AVX10_1_512_AMX)).contains(MultiplyLoop.F32_AVX512);
        assertThat(Peak.loop(DataType.BF16, CpuIsa.AVX10_1_512)).contains(MultiplyLoop.BF16_AVX512);
        assertThat(Peak.loop(DataType.BF16, CpuIsa.AVX512_CORE)).contains(MultiplyLoop.F32_AVX512);
        assertThat(Peak.loop(DataType.S8, CpuIsa.AVX512_CORE)).contains(MultiplyLoop.INT8_AVX512);
        assertThat(Peak.loop(DataType.S8, CpuIsa.AVX512_CORE_VNNI)).contains(MultiplyLoop.INT8_AVX512_VNNI);
        assertThat(Peak.loop(DataType.S8, CpuIsa.AVX2_VNNI_2)).contains(MultiplyLoop.INT8_AVX_VNNI);
        assertThat(Peak.loop(DataType.F32, CpuIsa.AVX2)).contains(MultiplyLoop.F32_AVX2);
        assertThat(Peak.loop(DataType.F32, CpuIsa.SSE41)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void measuresOrSaysWhyNot(Precision precision) {
        Peak peak = Peak.of(precision);
        Optional<MultiplyLoop> loop = Peak.loop(
                        precision == Precision.INT8 ? DataType.U8 : DataType.valueOf(precision.name()),
                        OneDnn.effectiveIsa())
                .filter(l -> l.obstacle().isEmpty());
        assertThat(peak.gmacs().isPresent()).isEqualTo(loop.isPresent());
        loop.ifPresent(found -> {
            assertThat(peak.how()).isEqualTo(found.name().toLowerCase(Locale.ROOT));
            assertThat(peak.gmacs().getAsDouble()).isPositive();
        });
        assertThat(Peak.of(precision)).isEqualTo(peak);
    }

    @Test
    void threadsAreCores() {
        assertThat(new Peak("", OptionalDouble.of(100)).gmacs(3)).hasValue(300);
        assertThat(new Peak("", OptionalDouble.empty()).gmacs(3)).isEmpty();
    }

    @Test
    void refusesTypesThatNoLayerComputesIn() {
        assertThatThrownBy(() -> Peak.of(DataType.F64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("f64");
    }

    @Test
    void readsCachesOrSaysWhyNot() {
        ReadBandwidth unknown = ReadBandwidth.measure(0, ReadLoop.READ_AVX2);
        assertThat(unknown.how()).isNotEmpty();
        assertThat(unknown.gigabytes(2, 1)).isEmpty();
        ReadBandwidth known = ReadBandwidth.measure(1 << 20, ReadLoop.READ_AVX2);
        assertThat(known.l2().isPresent())
                .isEqualTo(ReadLoop.READ_AVX2.obstacle().isEmpty());
    }

    @Test
    void whatCachesHoldTogetherIsReadFromThem() {
        ReadBandwidth bandwidth = new ReadBandwidth("", 1000, OptionalDouble.of(90), OptionalDouble.of(30));
        assertThat(bandwidth.gigabytes(1, 1000)).hasValue(90);
        assertThat(bandwidth.gigabytes(1, 1001)).hasValue(30);
        assertThat(bandwidth.gigabytes(2, 2000)).hasValue(180);
        assertThat(bandwidth.gigabytes(2, 2001)).hasValue(60);
    }

    @Test
    void rateIsWhatMostSlicesStayBelow() {
        double[] rates = {5, 1, 4, 2, 3, 10, 9, 8, 7, 6, 11};
        assertThat(Rate.quantile(rates, 0.9)).isEqualTo(10);
        assertThat(Rate.quantile(new double[] {7}, 0.9)).isEqualTo(7);
    }
}
