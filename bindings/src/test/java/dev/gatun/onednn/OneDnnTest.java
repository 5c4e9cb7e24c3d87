package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OneDnnTest {
    @Test
    void versionIsThatOfTheHeaders() {
        assertThat(OneDnn.version().major()).isEqualTo(3);
        assertThat(OneDnn.version().minor()).isGreaterThanOrEqualTo(13);
    }

    @Test
    void teamSizeBelongsToTheCallingThread() throws Exception {
        int before = OneDnn.maxThreads();
        AtomicInteger inside = new AtomicInteger();
        Thread thread = new Thread(() -> {
            OneDnn.setThreads(before + 3);
            inside.set(OneDnn.maxThreads());
        });
        thread.start();
        thread.join();
        assertThat(inside).hasValue(before + 3);
        assertThat(OneDnn.maxThreads()).isEqualTo(before);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OneDnn.setThreads(0))
                .withMessageContaining("at least 1");
    }

    @Test
    void aTeamSizeThatIsTooLargeToSetIsRestored() {
        Forked forked = Forked.run(RestoringMain.class, Map.of("OMP_NUM_THREADS", "2000"));
        assertThat(forked.output()).contains("threads 2000 1 2000");
    }

    static final class RestoringMain {
        private RestoringMain() {}

        public static void main(String[] args) {
            int before = OneDnn.maxThreads();
            OneDnn.setThreads(1);
            int set = OneDnn.maxThreads();
            OneDnn.restoreThreads(before);
            System.out.println("threads " + before + " " + set + " " + OneDnn.maxThreads());
        }
    }

    @Test
    void primitiveCacheIsBounded() {
        int before = OneDnn.primitiveCacheCapacity();
        OneDnn.setPrimitiveCacheCapacity(17);
        assertThat(OneDnn.primitiveCacheCapacity()).isEqualTo(17);
        OneDnn.setPrimitiveCacheCapacity(before);
        assertThatIllegalArgumentException().isThrownBy(() -> OneDnn.setPrimitiveCacheCapacity(-1));
    }

    @Test
    void profilingControlsAreAccepted() {
        OneDnn.setVerbose(0);
        OneDnn.setJitDump(false);
        OneDnn.setJitProfiling();
        OneDnn.setJitDumpDirectory(System.getProperty("java.io.tmpdir"));
        assertThatExceptionOfType(OneDnnException.class)
                .isThrownBy(() -> OneDnn.setVerbose(-3))
                .withMessage("dnnl_set_verbose: invalid arguments: level -3");
    }

    @Test
    void packagedLibraryHasNoMicroKernels() {
        assertThat(Ukernel.isAvailable()).isFalse();
    }

    @Test
    void statusesHaveWords() {
        for (Status status : Status.values()) {
            assertThat(Status.of(status.value())).isEqualTo(status);
            assertThat(status.words()).isNotBlank();
        }
        assertThatExceptionOfType(OneDnnException.class)
                .isThrownBy(() -> Status.check(99, "dnnl_call", () -> "detail"))
                .withMessage("dnnl_call: unknown status 99: detail");
        Status.check(0, "dnnl_call", () -> {
            throw new AssertionError("a detail is only made for a failure");
        });
    }
}
