package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each peer in a process of its own; those whose libraries {@code benchmarks/compare} has not fetched are skipped. */
class PeersTest {
    private static final String MODEL = "resnet18";
    private static final int IMAGES = 2;

    @ParameterizedTest
    @EnumSource(Contestant.class)
    void answersAsTheEngineDoes(Contestant contestant, @TempDir Path directory) throws Exception {
        Path peers = Path.of(System.getProperty("gatun.peers", directory.toString()));
        try (WorkerProcess ours = WorkerProcess.start(Contestant.GATUN, peers, directory.resolve("log"));
                WorkerProcess theirs = WorkerProcess.start(contestant, peers, directory.resolve("log"))) {
            String about;
            try {
                about = theirs.ask("about").getFirst();
            } catch (WorkerException e) {
                boolean built = contestant == Contestant.GATUN || contestant == Contestant.ONNX_RUNTIME;
                assertThat(built).as(e.getMessage()).isFalse();
                System.out.println("skipped " + contestant.title() + ": " + e.getMessage());
                about = abort(e.getMessage());
            }
            assertThat(about).isNotBlank();
            float[] expected = reference(ours);
            assertThat(Agreement.error(reference(theirs), expected)).isLessThan(1e-5);
            List<String> setup = theirs.ask("open", "LATENCY-1-f32", MODEL, Job.RANDOM, "f32", Scenario.LATENCY, 1);
            assertThat(setup).singleElement().asString().contains("1 x 1 thread, batch 1");
            assertThat(theirs.ask("turn", "LATENCY-1-f32", 1)).hasSizeGreaterThanOrEqualTo(5);
            assertThat(Agreement.error(
                            Worker.floats(theirs.ask("logits", "LATENCY-1-f32").getFirst()), expected))
                    .isLessThan(1e-5);
            assertThat(theirs.ask("close", "LATENCY-1-f32")).hasSize(1);
        }
    }

    @Test
    void int8AnswersOfOnnxRuntimeAreTheEngines(@TempDir Path directory) throws Exception {
        Job job = new Job(MODEL, Job.RANDOM, Job.INT8, Scenario.LATENCY, 1);
        Path quantized = QuantizedWeights.of(job, directory);
        List<float[]> answers = new ArrayList<>();
        for (Contestant contestant : List.of(Contestant.GATUN, Contestant.ONNX_RUNTIME)) {
            try (WorkerProcess worker = WorkerProcess.start(contestant, directory, directory.resolve("log"))) {
                float[] f32 = reference(worker);
                worker.ask("open", "LATENCY-1-int8", MODEL, quantized, Job.INT8, Scenario.LATENCY, 1);
                answers.add(Worker.floats(worker.ask("logits", "LATENCY-1-int8").getFirst()));
                assertThat(Agreement.holds(Job.INT8, Agreement.error(answers.getLast(), f32)))
                        .isTrue();
            }
        }
        assertThat(Agreement.error(answers.getFirst(), answers.getLast())).isBetween(1e-6, 0.1);
    }

    @Test
    void anEndedProcessIsAFailureInWords(@TempDir Path directory) throws Exception {
        WorkerProcess worker = WorkerProcess.start(Contestant.GATUN, directory, directory.resolve("log"));
        worker.close();
        assertThatThrownBy(() -> worker.ask("about")).isInstanceOf(WorkerException.class);
    }

    private static float[] reference(WorkerProcess worker) {
        return Worker.floats(worker.ask("reference", MODEL, Job.RANDOM, IMAGES).getFirst());
    }
}
