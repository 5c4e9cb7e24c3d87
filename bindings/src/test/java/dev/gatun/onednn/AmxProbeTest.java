package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.natives.Machine;
import dev.gatun.onednn.AmxProbe.Outcome;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AmxProbeTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private static List<String> command() {
        return AmxProbe.command(Path.of(System.getProperty("java.home"), "bin", "java"));
    }

    @Test
    void agreesWithTheIsaOfThisProcess() {
        AmxProbe.Result result = AmxProbe.run(TIMEOUT);
        System.out.println("AMX " + result);
        if (OneDnn.effectiveIsa().includes(CpuIsa.AVX10_1_512_AMX)) {
            assertThat(result.outcome()).isIn(Outcome.USABLE, Outcome.FAULTS);
        } else if (AmxGuard.suspect(Machine.current(), System.getenv("ONEDNN_MAX_CPU_ISA"))) {
            assertThat(result.outcome()).as("AMX is not used").isNotEqualTo(Outcome.USABLE);
        } else {
            assertThat(result.outcome()).isEqualTo(Outcome.NOT_ADVERTISED);
        }
    }

    @Test
    void obeysTheIsaLimit() {
        assertThat(AmxProbe.run(command(), Map.of("ONEDNN_MAX_CPU_ISA", "AVX2"), TIMEOUT)
                        .outcome())
                .isEqualTo(Outcome.NOT_ADVERTISED);
    }

    @Test
    void tellsAFaultFromAFailureToStart() {
        assumeTrue(File.separatorChar == '/', "needs a POSIX shell");
        AmxProbe.Result fault =
                AmxProbe.run(List.of("/bin/sh", "-c", "echo " + AmxProbe.READY + "; kill -ILL $$"), Map.of(), TIMEOUT);
        assertThat(fault.outcome()).isEqualTo(Outcome.FAULTS);
        assertThat(fault.exitCode()).isEqualTo(128 + 4);
        AmxProbe.Result wrong = AmxProbe.run(
                List.of("/bin/sh", "-c", "echo " + AmxProbe.READY + "; exit " + AmxProbe.WRONG_RESULT_EXIT),
                Map.of(),
                TIMEOUT);
        assertThat(wrong).isEqualTo(new AmxProbe.Result(Outcome.FAULTS, 4, "wrong result"));
        AmxProbe.Result failure = AmxProbe.run(List.of("/bin/sh", "-c", "echo no; exit 1"), Map.of(), TIMEOUT);
        assertThat(failure).isEqualTo(new AmxProbe.Result(Outcome.UNKNOWN, 1, "the child ended with exit code 1: no"));
    }

    @Test
    void optionsOfThisJvmDoNotKeepTheChildFromStarting() {
        assertThat(AmxProbe.run(command(), Map.of("JAVA_TOOL_OPTIONS", "-Xms1g"), TIMEOUT)
                        .outcome())
                .isNotEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void theChildNeedsNoPathOfTheJvmWhereClassesAreFromDirectoriesOrJars() {
        List<String> command = command();
        String path = command.get(
                command.indexOf(AmxProbe.class.getModule().isNamed() ? "--module-path" : "--class-path") + 1);
        List<String> alone = command.stream()
                .map(argument -> argument.equals(path) ? origins(path) : argument)
                .toList();
        assertThat(AmxProbe.run(alone, Map.of(), TIMEOUT).outcome()).isNotEqualTo(Outcome.UNKNOWN);
    }

    private static String origins(String path) {
        return String.join(
                File.pathSeparator, List.of(path.split(File.pathSeparator)).subList(0, 2));
    }

    @Test
    void anInterruptionWaits() {
        assumeTrue(File.separatorChar == '/', "needs a POSIX shell");
        Thread.currentThread().interrupt();
        AmxProbe.Result result = AmxProbe.run(
                List.of("/bin/sh", "-c", "sleep 0.2; exit " + AmxProbe.NOT_ADVERTISED_EXIT), Map.of(), TIMEOUT);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.outcome()).isEqualTo(Outcome.NOT_ADVERTISED);
    }

    @Test
    void doesNotKnowWithoutJavaOrInTime() {
        assumeTrue(File.separatorChar == '/', "needs a POSIX shell");
        assertThat(AmxProbe.run(List.of("/nonexistent/java"), Map.of(), TIMEOUT).outcome())
                .isEqualTo(Outcome.UNKNOWN);
        AmxProbe.Result late =
                AmxProbe.run(List.of("/bin/sh", "-c", "read forever < /dev/zero"), Map.of(), Duration.ofMillis(50));
        assertThat(late.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(late.detail()).contains("no answer within 50 ms");
    }
}
