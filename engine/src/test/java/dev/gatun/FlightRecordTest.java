package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.plan.Plan;
import dev.gatun.profile.FlightRecord;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightRecordTest {
    private static final int RUNS = 3;

    @TempDir
    Path directory;

    private final Arena arena = Arena.ofConfined();
    private CompiledModel compiled;
    private Session session;
    private MemorySegment src;
    private MemorySegment dst;

    @BeforeEach
    void open() {
        compiled = ResNet.bundled()
                .compile(CompileOptions.defaults().withThreads(1).withBatch(2));
        session = compiled.newSession();
        src = compiled.allocateSrc(arena);
        dst = compiled.allocateDst(arena);
        MemorySegment.copy(
                Runner.images(7, compiled),
                0,
                src,
                ValueLayout.JAVA_FLOAT,
                0,
                Math.toIntExact(compiled.srcShape().elements()));
    }

    @AfterEach
    void close() {
        session.close();
        compiled.close();
        arena.close();
    }

    private List<RecordedEvent> record(Recording recording) throws IOException {
        recording.start();
        for (int i = 0; i < RUNS; i++) {
            session.run(src, dst);
        }
        recording.stop();
        Path file = directory.resolve("runs.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.gatun."))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
    }

    @Test
    void aRecordingTellsOfRuns() throws IOException {
        try (Recording recording = new Recording()) {
            List<RecordedEvent> events = record(recording);
            assertThat(events).hasSize(RUNS).allSatisfy(event -> {
                assertThat(event.getEventType().getName()).isEqualTo("dev.gatun.Run");
                assertThat(event.getString("model")).isEqualTo("resnet20-cifar10");
                assertThat(event.getString("precision")).isEqualTo("f32");
                assertThat(event.getLong("batch")).isEqualTo(2);
                assertThat(event.getInt("threads")).isEqualTo(1);
                assertThat(event.getDuration()).isPositive();
            });
        }
    }

    @Test
    void aRecordingThatAsksForLayersGetsEachOfEveryRun() throws IOException {
        session.run(src, dst);
        float[] unrecorded = dst.toArray(ValueLayout.JAVA_FLOAT);
        try (Recording recording = new Recording()) {
            recording.disable("dev.gatun.Run");
            recording.enable("dev.gatun.Layer").withoutThreshold();
            List<RecordedEvent> events = record(recording);
            List<String> layers =
                    compiled.steps().stream().map(Plan.StepInfo::name).toList();
            assertThat(events).hasSize(RUNS * layers.size());
            assertThat(events.subList(0, layers.size()))
                    .extracting(event -> event.getString("layer"))
                    .isEqualTo(layers);
            // 40,551,040 of the network, and 2 x 131,072 of its padded shortcuts, which oneDNN computes as convolutions
            assertThat(events.stream()
                            .mapToLong(event -> event.getLong("multiplyAccumulates"))
                            .sum())
                    .isEqualTo(RUNS * 2L * 40_813_184);
            assertThat(events).allSatisfy(event -> {
                assertThat(event.getString("implementation")).isNotEmpty();
                assertThat(event.getLong("bytes")).isPositive();
            });
        }
        assertThat(dst.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(unrecorded);
    }

    @Test
    void nothingIsWantedUnlessARecordingRuns() {
        assertThat(FlightRecord.wanted()).isFalse();
        try (Recording recording = new Recording()) {
            recording.start();
            assertThat(FlightRecord.wanted()).isTrue();
            recording.stop();
        }
        assertThat(FlightRecord.wanted()).isFalse();
    }
}
