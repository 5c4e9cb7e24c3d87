package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.gatun.natives.Machine;
import dev.gatun.spec.BlockKind;
import dev.gatun.spec.BlockSpec;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Shortcut;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SessionTest {
    private final CompileOptions options = CompileOptions.defaults().withThreads(1);
    private final Arena arena = Arena.ofShared();
    private Model model;
    private CompiledModel compiled;
    private Session session;
    private MemorySegment src;
    private MemorySegment dst;

    @BeforeEach
    void open() {
        model = ResNet.bundled();
        compiled = model.compile(options);
        session = compiled.newSession();
        src = arena.allocate(compiled.srcBytes(), Float.BYTES);
        dst = arena.allocate(compiled.dstBytes(), Float.BYTES);
    }

    @AfterEach
    void close() {
        session.close();
        compiled.close();
        arena.close();
    }

    @Test
    void sessionsOnTwoThreadsGiveTheBitsThatOneGives() throws Exception {
        List<float[]> inputs = IntStream.range(0, 50)
                .mapToObj(seed -> Runner.images(seed, compiled))
                .toList();
        List<float[]> alone = runAll(inputs);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<List<float[]>>> both =
                    threads.invokeAll(List.<Callable<List<float[]>>>of(() -> runAll(inputs), () -> runAll(inputs)));
            for (Future<List<float[]>> results : both) {
                for (int i = 0; i < inputs.size(); i++) {
                    assertThat(results.get().get(i)).isEqualTo(alone.get(i));
                }
            }
        }
    }

    private List<float[]> runAll(List<float[]> inputs) {
        try (Arena mine = Arena.ofConfined();
                Session own = compiled.newSession()) {
            MemorySegment in = mine.allocate(compiled.srcBytes(), Float.BYTES);
            MemorySegment out = mine.allocate(compiled.dstBytes(), Float.BYTES);
            return inputs.stream()
                    .map(input -> {
                        MemorySegment.copy(input, 0, in, ValueLayout.JAVA_FLOAT, 0, input.length);
                        own.run(in, out);
                        return out.toArray(ValueLayout.JAVA_FLOAT);
                    })
                    .toList();
        }
    }

    @Test
    void onlyPlatformThreadsPinOpenSessionsWithSeveralThreads() throws Exception {
        assertThat(session.pin(List.of())).isFalse();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread.ofVirtual()
                .start(() -> thrown.set(catchThrowable(() -> session.pin(List.of()))))
                .join();
        assertThat(thrown.get())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("platform threads only");
        session.close();
        assertThatThrownBy(() -> session.pin(List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aRunAllocatesNothingOnTheHeap() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (InputFormat input : InputFormat.values()) {
            try (CompiledModel other = model.compile(options.withInput(input));
                    Session own = other.newSession()) {
                for (int i = 0; i < 8_000; i++) {
                    own.run(src, dst);
                }
                int runs = 2_000;
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < runs; i++) {
                    own.run(src, dst);
                }
                long bytes = threads.getCurrentThreadAllocatedBytes() - before;
                // Reading the counter itself may cost a few bytes; one object a run would cost 16 times as many as
                // runs.
                assertThat(bytes).as("%s", input).isLessThan(runs);
            }
        }
    }

    @Test
    void aHundredThousandRunsTakeNoMemory() throws IOException {
        Path status = Path.of("/proc/self/status");
        assumeTrue(Files.isReadable(status), "the memory of a process is read from /proc, which is Linux'");
        ResNetSpec small = SmallNetworks.spec(BlockSpec.dense(BlockKind.BASIC, Shortcut.PROJECTION));
        try (Runner runner = new Runner(ResNet.of(small).randomWeights(1), options)) {
            float[] images = Runner.images(1, runner.compiled());
            float[] first = runner.run(images);
            for (int i = 0; i < 20_000; i++) {
                runner.runAgain();
            }
            long before = resident(status);
            for (int i = 0; i < 100_000; i++) {
                runner.runAgain();
            }
            // A leak of one malloc a run would be 3 MB or more; compilers and the collector move some on their own.
            assertThat(resident(status) - before).isLessThan(2_500);
            assertThat(runner.run(images)).isEqualTo(first);
        }
    }

    /** Kilobytes. */
    private static long resident(Path status) throws IOException {
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                .sum();
    }

    @Test
    void closedThingsRefuse() {
        session.close();
        assertThatThrownBy(() -> session.run(src, dst))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("session is closed");
        compiled.close();
        assertThatThrownBy(compiled::newSession)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatCode(() -> {
                    session.close();
                    compiled.close();
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aSessionOutlivesItsClosedModel() {
        session.run(src, dst);
        float[] before = dst.toArray(ValueLayout.JAVA_FLOAT);
        compiled.close();
        dst.fill((byte) 0);
        session.run(src, dst);
        assertThat(dst.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(before);
    }

    @Test
    void badSegmentsAreRefusedBeforeAnythingRuns() {
        MemorySegment heap = MemorySegment.ofArray(new float[3 * 32 * 32]);
        refuses(heap, dst, "src is on the heap");
        refuses(src, MemorySegment.ofArray(new float[10]), "dst is on the heap");
        refuses(src.asSlice(4), dst, "src has 12284 bytes, expected at least 12288");
        refuses(src, dst.asSlice(0, 36), "dst has 36 bytes, expected at least 40");
        MemorySegment odd = arena.allocate(compiled.srcBytes() + 4, 4).asSlice(1);
        refuses(odd, dst, "expected a multiple of 4");
        refuses(src, dst.asReadOnly(), "dst is read-only");
        refuses(src, src, "overlap");
        refuses(MemorySegment.NULL, dst, "src has 0 bytes");
        Arena gone = Arena.ofConfined();
        MemorySegment freed = gone.allocate(compiled.srcBytes(), 4);
        gone.close();
        assertThatThrownBy(() -> session.run(freed, dst))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("src belongs to an arena that is closed");
    }

    private void refuses(MemorySegment from, MemorySegment to, String message) {
        assertThatThrownBy(() -> session.run(from, to))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aSegmentOfAnotherThreadIsRefused() throws Exception {
        try (Arena confined = Arena.ofConfined();
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            MemorySegment mine = confined.allocate(compiled.srcBytes(), 4);
            Future<?> result = other.submit(() -> refuses(mine, dst, "arena of another thread"));
            result.get();
        }
    }

    @Test
    void aVirtualThreadIsRefused() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        session.run(src, dst);
                    } catch (IllegalStateException e) {
                        thrown.set(e);
                    }
                })
                .join();
        assertThat(thrown.get()).hasMessageContaining("platform threads");
    }

    @Test
    void twoThreadsInOneSessionGetAnExceptionAndNotEachOthersResults() throws Exception {
        session.run(src, dst);
        float[] expected = dst.toArray(ValueLayout.JAVA_FLOAT);
        CountDownLatch start = new CountDownLatch(1);
        Callable<Integer> hammer = () -> {
            int refused = 0;
            try (Arena mine = Arena.ofConfined()) {
                MemorySegment out = mine.allocate(compiled.dstBytes(), 4);
                start.await();
                for (int i = 0; i < 300; i++) {
                    try {
                        session.run(src, out);
                        assertThat(out.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(expected);
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessageContaining("another thread is in the session");
                        refused++;
                    }
                }
            }
            return refused;
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Integer> one = threads.submit(hammer);
            Future<Integer> two = threads.submit(hammer);
            start.countDown();
            assertThat(one.get() + two.get()).isLessThan(600);
        }
    }

    @Test
    void anArenaClosedDuringARunEndsItWithAnException() throws Exception {
        for (int round = 0; round < 30; round++) {
            Arena shared = Arena.ofShared();
            MemorySegment in = compiled.allocateSrc(shared);
            MemorySegment out = compiled.allocateDst(shared);
            CountDownLatch running = new CountDownLatch(1);
            try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
                Future<?> runs = thread.submit(() -> {
                    while (true) {
                        session.run(in, out);
                        running.countDown();
                    }
                });
                running.await();
                boolean open = true;
                while (open) {
                    try {
                        shared.close();
                        open = false;
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessageContaining("acquired");
                    }
                }
                assertThatThrownBy(runs::get).hasCauseInstanceOf(IllegalStateException.class);
            }
        }
        session.run(src, dst);
    }

    @Test
    @Tag("isa")
    void pixelsGiveTheBitsThatNormalisedFloatsGive() {
        byte[] pixels = new byte[3 * 32 * 32];
        new java.util.Random(5).nextBytes(pixels);
        float[][] tables = model.preprocessing().normalization().tables();
        float[] planar = new float[pixels.length];
        byte[] interleaved = new byte[pixels.length];
        float[] interleavedFloats = new float[pixels.length];
        for (int c = 0; c < 3; c++) {
            for (int p = 0; p < 1024; p++) {
                int level = pixels[c * 1024 + p] & 0xff;
                planar[c * 1024 + p] = tables[c][level];
                interleaved[p * 3 + c] = (byte) level;
                interleavedFloats[p * 3 + c] = tables[c][level];
            }
        }
        for (Precision precision : List.of(Precision.F32, Precision.BF16, Precision.F16)) {
            CompileOptions base = options.withPrecision(precision).withEmulation(true);
            try (Runner nchw = new Runner(model, base);
                    Runner nhwc = new Runner(model, base.withInput(InputFormat.F32_NHWC));
                    Runner nchw8 = new Runner(model, base.withInput(InputFormat.U8_NCHW));
                    Runner nhwc8 = new Runner(model, base.withInput(InputFormat.U8_NHWC))) {
                float[] expected = nchw.run(planar);
                assertThat(nhwc.run(interleavedFloats)).as("%s", precision).isEqualTo(expected);
                assertThat(nchw8.run(pixels)).as("%s", precision).isEqualTo(expected);
                assertThat(nhwc8.run(interleaved)).as("%s", precision).isEqualTo(expected);
            }
        }
    }

    @Test
    @Tag("isa")
    void anImageHasTheSameLogitsInEveryPlaceOfABatch() {
        float[] images = Runner.images(7, 5 * 3 * 32 * 32);
        try (Runner five = new Runner(model, options.withBatch(5));
                Runner one = new Runner(model, options)) {
            float[] together = five.run(images);
            for (int n = 0; n < 5; n++) {
                float[] image = java.util.Arrays.copyOfRange(images, n * 3072, (n + 1) * 3072);
                float[] alone = one.run(image);
                float[] part = java.util.Arrays.copyOfRange(together, n * 10, (n + 1) * 10);
                assertThat(Errors.relative(part, alone)).isLessThan(1e-5);
            }
        }
    }

    @Test
    @Tag("isa")
    void softmaxMakesProbabilities() {
        float[] images = Runner.images(8, 3 * 32 * 32);
        try (Runner logits = new Runner(model, options);
                Runner softmax = new Runner(model, options.withSoftmax(true))) {
            float[] probabilities = softmax.run(images);
            List<Prediction> expected = Prediction.top(logits.run(images), model.labels(), 10);
            float sum = 0;
            for (Prediction prediction : expected) {
                assertThat(probabilities[prediction.index()])
                        .isCloseTo(prediction.probability(), org.assertj.core.data.Offset.offset(1e-6f));
                sum += probabilities[prediction.index()];
            }
            assertThat(sum).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-5f));
        }
    }

    @Test
    void aTinyNetworkGetsOneThreadAndALargeBatchOfItMore() {
        int usable = Machine.current().usableThreads();
        CompileOptions automatic = CompileOptions.defaults();
        try (CompiledModel one = model.compile(automatic);
                CompiledModel many = model.compile(automatic.withBatch(64));
                CompiledModel asked = model.compile(automatic.withThreads(usable))) {
            assertThat(one.threads()).isEqualTo(1);
            assertThat(many.threads()).isEqualTo(Math.min(usable, 5));
            assertThat(asked.threads()).isEqualTo(usable);
        }
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> options.withBatch(-1)).hasMessageContaining("batch is -1, expected at least 1");
        assertThatThrownBy(() -> options.withSize(31, 64)).hasMessageContaining("height is 31, expected at least 32");
        assertThatThrownBy(() -> options.withThreads(-1))
                .hasMessageContaining("threads is -1, expected at least 1, or 0");
        assertThatThrownBy(() -> model.compile(options.withThreads(5_000_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("1 stream x 5000000 threads would be more than the ");
    }
}
