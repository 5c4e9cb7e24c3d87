package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IsaTest {
    @ParameterizedTest
    @EnumSource(names = {"AVX2", "AVX512_CORE"})
    void convolutionsEqualReferenceOnEachIsa(CpuIsa isa) {
        assumeTrue(OneDnn.effectiveIsa().includes(isa), "this CPU has no " + isa);
        Forked forked = Forked.run(IsaMain.class, Map.of("ONEDNN_MAX_CPU_ISA", isa.name()));
        assertThat(forked.output()).contains("ISA " + isa + ", ");
        assertThat(forked.exitCode()).as(forked.output()).isZero();
    }

    @Test
    void isaLimitComesTooLateOnceRead() {
        System.out.printf("ISA %s (0x%x)%n", OneDnn.effectiveIsa(), OneDnn.effectiveIsaBits());
        assertThatIllegalStateException()
                .isThrownBy(() -> OneDnn.setMaxIsa(CpuIsa.AVX2))
                .withMessageContaining("set AVX2 before the first use");
    }

    @Test
    void isaLimitHoldsWhenSetFirst() {
        assumeTrue(OneDnn.effectiveIsa().includes(CpuIsa.AVX2), "this CPU has no AVX2");
        Forked forked = Forked.run(LimitMain.class, Map.of());
        assertThat(forked.output()).contains("limited to AVX2");
    }

    @Test
    void unknownIsaIsTheRichestKnownOneItIncludes() {
        assertThat(CpuIsa.of(0x1fef)).isEqualTo(CpuIsa.AVX10_1_512_AMX_FP16);
        assertThat(CpuIsa.of(CpuIsa.AVX2.value() | 0x4000_0000)).isEqualTo(CpuIsa.AVX2);
        assertThat(CpuIsa.of(0)).isEqualTo(CpuIsa.DEFAULT);
        for (CpuIsa isa : CpuIsa.values()) {
            assertThat(CpuIsa.of(isa.value())).isEqualTo(isa);
        }
        assertThat(CpuIsa.AVX512_CORE.includes(CpuIsa.AVX2)).isTrue();
        assertThat(CpuIsa.AVX2_VNNI.includes(CpuIsa.AVX512_CORE)).isFalse();
    }

    @Test
    void guardPagesKillWhoeverOversteps() {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "guard pages are only set up on Linux");
        Forked forked = Forked.run(OverstepMain.class, Map.of());
        assertThat(forked.output()).contains("inside").doesNotContain("outside");
        assertThat(forked.exitCode()).isNotZero();
    }

    static final class LimitMain {
        private LimitMain() {}

        public static void main(String[] args) {
            OneDnn.setMaxIsa(CpuIsa.AVX2);
            System.out.println("limited to " + OneDnn.effectiveIsa());
        }
    }

    /** Makes oneDNN write one element more than its buffer has. */
    static final class OverstepMain {
        private OverstepMain() {}

        public static void main(String[] args) {
            try (Bench bench = new Bench()) {
                Memory src = bench.tensor(bench.plain(DataType.F32, 1000));
                bench.reorder(src, bench.tensor(bench.plain(DataType.F32, 1000)));
                System.out.println("inside");
                Memory dst = bench.tensor(bench.plain(DataType.F32, 1000));
                dst.setAddress(bench.allocate(4000).address() + ValueLayout.JAVA_FLOAT.byteSize());
                bench.reorder(src, dst);
                System.out.println("outside");
            }
        }
    }
}
