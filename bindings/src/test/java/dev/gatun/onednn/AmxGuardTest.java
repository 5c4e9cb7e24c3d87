package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.natives.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AmxGuardTest {
    @TempDir
    private Path cache;

    /** Applies the guard and tells whether oneDNN may use AMX. */
    static final class GuardedMain {
        private GuardedMain() {}

        public static void main(String[] args) {
            System.setProperty(AmxGuard.PROPERTY, args[0]);
            System.setProperty("gatun.cache.dir", args[1]);
            OneDnn.load();
            if (args.length > 2) {
                System.setProperty("os.arch", args[2]);
            }
            AmxGuard.apply();
            System.out.println("amx " + OneDnn.effectiveIsa().includes(CpuIsa.AVX10_1_512_AMX));
        }
    }

    private Forked guarded(String mode) {
        return Forked.run(GuardedMain.class, Map.of(), mode, cache.toString());
    }

    @Test
    void offLimitsNothingOnOtherCpus() {
        Forked forked = Forked.run(GuardedMain.class, Map.of(), "off", cache.toString(), "aarch64");
        assertThat(forked.output()).contains("amx " + amxHere()).doesNotContain("doing without");
    }

    @Test
    void theIsaIsNotToldBeforeItIsDecided() {
        assumeTrue(AmxGuard.x86(), "only x86-64 has AMX to do without");
        Forked forked = Forked.run(AskingMain.class, Map.of());
        assertThat(forked.output()).contains("doing without AMX: gatun.amx=off").contains("amx false");
    }

    @Test
    void whoLimitsTheIsaThemselvesAreNotAskedAboutAmx() {
        assumeTrue(AmxGuard.x86(), "only x86-64 has a limit");
        Forked forked = Forked.run(LimitingMain.class, Map.of());
        assertThat(forked.output()).contains("AVX2").doesNotContain("doing without");
    }

    static final class LimitingMain {
        private LimitingMain() {}

        public static void main(String[] args) {
            System.setProperty(AmxGuard.PROPERTY, "off");
            OneDnn.setMaxIsa(CpuIsa.AVX2);
            System.out.println(OneDnn.effectiveIsa());
        }
    }

    /** Asks for the ISA without applying the guard. */
    static final class AskingMain {
        private AskingMain() {}

        public static void main(String[] args) {
            System.setProperty(AmxGuard.PROPERTY, "off");
            System.out.println("amx " + OneDnn.effectiveIsa().includes(CpuIsa.AVX10_1_512_AMX));
        }
    }

    @Test
    void whatIsUnknownIsNotTrusted() {
        assertThat(AmxGuard.objection(new AmxProbe.Result(AmxProbe.Outcome.UNKNOWN, 1, "no such class")))
                .hasValueSatisfying(reason -> assertThat(reason).contains("gatun.amx=trust", "no such class"));
        assertThat(AmxGuard.objection(new AmxProbe.Result(AmxProbe.Outcome.FAULTS, 132, "")))
                .isPresent();
        assertThat(AmxGuard.objection(new AmxProbe.Result(AmxProbe.Outcome.USABLE, 0, "")))
                .isEmpty();
    }

    /** Of a process that asks nobody whether it works. */
    private boolean amxHere() {
        return guarded("trust").output().contains("amx true");
    }

    @Test
    void offDoesWithoutAndTrustAsksNobody() throws IOException {
        assertThat(guarded("off").output()).contains("amx false");
        assertThat(guarded("trust").output()).containsPattern("amx (true|false)");
        assertThat(verdicts()).isEmpty();
        Forked wrong = guarded("maybe");
        assertThat(wrong.exitCode()).isNotZero();
        assertThat(wrong.output()).contains("gatun.amx is 'maybe', expected auto, trust or off");
    }

    @Test
    void aVerdictIsKeptAndObeyed() throws IOException {
        assumeTrue(AmxGuard.suspect(Machine.current(), null), "no virtual machine with AMX");
        assumeTrue(AmxProbe.run(Duration.ofMinutes(1)).outcome() == AmxProbe.Outcome.USABLE, "AMX does not work here");
        assertThat(guarded("auto").output()).contains("amx " + amxHere());
        assertThat(verdicts()).hasSize(1);
        Path verdict = verdicts().getFirst();
        assertThat(verdict).hasContent("usable");
        Files.writeString(verdict, "faults\n");
        assertThat(guarded("auto").output())
                .contains("AMX faults on this machine")
                .contains("amx false");
        Files.writeString(verdict, "rubbish");
        assertThat(guarded("auto").output()).contains("amx " + amxHere());
        assertThat(verdict).hasContent("usable");
    }

    private List<Path> verdicts() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.filter(file -> file.getFileName().toString().startsWith("amx-"))
                    .toList();
        }
    }

    @Test
    void onlyVirtualMachinesThatAdvertiseAmxAreSuspect() {
        Machine machine = Machine.current();
        assertThat(AmxGuard.suspect(machine, "AVX2")).isFalse();
        assertThat(AmxGuard.suspect(machine, null))
                .isEqualTo(machine.hypervisor() && machine.cpuFlags().contains("amx_tile"));
    }
}
