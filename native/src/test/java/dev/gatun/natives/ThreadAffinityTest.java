package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ThreadAffinityTest {
    @BeforeEach
    void linux() {
        assumeTrue(ThreadAffinity.supported(), "threads cannot be pinned on " + System.getProperty("os.name"));
    }

    private static void onAThread(Runnable test) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofPlatform()
                .uncaughtExceptionHandler((_, e) -> failure.set(e))
                .start(test);
        thread.join();
        assertThat(failure.get()).isNull();
    }

    @Test
    void aPinnedThreadRunsOnItsCpuAndItsCreatorEverywhere() throws InterruptedException {
        BitSet before = ThreadAffinity.current();
        for (int cpu : Machine.current().affinity()) {
            onAThread(() -> {
                BitSet one = new BitSet();
                one.set(cpu);
                assertThat(ThreadAffinity.pin(one)).isTrue();
                assertThat(ThreadAffinity.current()).isEqualTo(one);
            });
        }
        assertThat(ThreadAffinity.current()).isEqualTo(before);
    }

    @Test
    void aThreadInheritsTheCpusOfItsCreator() throws InterruptedException {
        BitSet last = new BitSet();
        last.set(Machine.current().affinity().getLast());
        onAThread(() -> {
            ThreadAffinity.pin(last);
            Thread[] child = new Thread[1];
            BitSet[] seen = new BitSet[1];
            child[0] = Thread.ofPlatform().start(() -> seen[0] = ThreadAffinity.current());
            try {
                child[0].join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            assertThat(seen[0]).isEqualTo(last);
        });
    }

    @Test
    void cpusThatDoNotExistAreNotPinnedTo() throws InterruptedException {
        onAThread(() -> {
            BitSet before = ThreadAffinity.current();
            BitSet absent = new BitSet();
            absent.set(8191);
            assertThat(ThreadAffinity.pin(absent)).isFalse();
            assertThat(ThreadAffinity.current()).isEqualTo(before);
        });
    }

    @Test
    void noCpusAreAMistake() {
        assertThatThrownBy(() -> ThreadAffinity.pin(new BitSet())).hasMessageContaining("no CPUs");
    }
}
