package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.RandomValues;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Variants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanCacheTest {
    private static final Graph NETWORK = GraphBuilder.build(Variants.named("resnet20-cifar10"));
    private static final PlanRequest REQUEST = request(32);
    private static final long ROOM = 1L << 30;

    @TempDir
    Path directory;

    private final AtomicInteger reads = new AtomicInteger();
    private float[] expected = {};

    private static PlanRequest request(long side) {
        return new PlanRequest(1, side, side, InputFormat.F32_NCHW, Precision.F32, false, 1, null);
    }

    @BeforeEach
    void runsWithoutACache() {
        expected = run("weights", REQUEST, PlanCache.none());
        reads.set(0);
    }

    @Test
    void theSecondPlanReadsNoParameterAndGivesTheSameBits() {
        assertThat(run("weights", REQUEST)).containsExactly(expected);
        assertThat(reads).hasPositiveValue();
        reads.set(0);

        assertThat(run("weights", REQUEST)).containsExactly(expected);
        assertThat(reads).hasValue(0);
    }

    /** As in a directory of several machines, where a mapping may end. */
    @Test
    void whatIsReadGivesTheSameBitsAsWhatIsMapped() throws IOException {
        PlanCache reading = new PlanCache(Optional.of(directory), false, ROOM);
        run("weights", REQUEST);
        reads.set(0);

        try (Plan plan = plan("weights", REQUEST, reading)) {
            assertThat(reads).hasValue(0);
            Files.write(onlyFile(), new byte[0]);
            assertThat(run(plan)).containsExactly(expected);
        }
        assertThat(run("weights", REQUEST, reading)).as("of a truncated file").containsExactly(expected);
        assertThat(reads).hasPositiveValue();
    }

    @Test
    void mapsFilesOfThisMachineOnly() throws IOException {
        assertThat(PlanCache.local("ext4")).isTrue();
        assertThat(PlanCache.local("NTFS")).isTrue();
        assertThat(PlanCache.local("nfs4")).isFalse();
        assertThat(PlanCache.local("fuse.sshfs")).isFalse();
    }

    @Test
    void otherWeightsAndOtherRequestsHaveFilesOfTheirOwn() {
        run("weights", REQUEST);
        run("other weights", REQUEST);
        run("weights", request(48));

        assertThat(files()).hasSize(3);
    }

    /** Every part of the header, the index, and the values at both ends. */
    @ParameterizedTest
    @ValueSource(longs = {0, 8, 12, 16, 24, 32, 40, 71, 72, 76, 80, 84, 100, 1000, 4096, -1, -70})
    void aFlippedBitAnywhereIsFoundAndRepaired(long position) throws IOException {
        run("weights", REQUEST);
        byte[] good = Files.readAllBytes(onlyFile());
        byte[] bad = good.clone();
        int at = (int) (position < 0 ? good.length + position : position);
        bad[at] ^= 0x10;
        Files.write(onlyFile(), bad);
        reads.set(0);

        assertThat(run("weights", REQUEST)).containsExactly(expected);
        assertThat(reads).hasPositiveValue();
        reads.set(0);
        assertThat(run("weights", REQUEST)).containsExactly(expected);
        assertThat(reads).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 79, 80, 500, 4096, 200_000, -1})
    void aTruncatedFileIsFoundAndRepaired(int length) throws IOException {
        run("weights", REQUEST);
        byte[] good = Files.readAllBytes(onlyFile());
        Files.write(onlyFile(), Arrays.copyOf(good, length < 0 ? good.length + length : length));
        reads.set(0);

        assertThat(run("weights", REQUEST)).containsExactly(expected);
        assertThat(reads).hasPositiveValue();
        assertThat(Files.size(onlyFile())).isEqualTo(good.length);
    }

    @Test
    void aFileOfAnotherPlanUnderThisNameIsNotUsed() throws IOException {
        run("other weights", REQUEST);
        Path other = onlyFile();
        run("weights", REQUEST);
        Path mine =
                files().stream().filter(file -> !file.equals(other)).findFirst().orElseThrow();
        Files.copy(other, mine, StandardCopyOption.REPLACE_EXISTING);
        reads.set(0);

        assertThat(run("weights", REQUEST)).containsExactly(expected);
        assertThat(reads).hasPositiveValue();
    }

    @Test
    void aPlanKeepsItsWeightsWhenTheirFileIsReplacedOrRemoved() {
        run("weights", REQUEST);
        try (Plan plan = plan("weights", REQUEST, cache())) {
            Files.delete(onlyFile());
            run("weights", REQUEST);
            assertThat(run(plan)).containsExactly(expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void writersAtOnceLeaveOneGoodFile() throws Exception {
        int writers = 4;
        CyclicBarrier together = new CyclicBarrier(writers);
        Callable<float[]> writer = () -> {
            together.await();
            return run("weights", REQUEST);
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                results.add(threads.submit(writer));
            }
            for (Future<float[]> result : results) {
                assertThat(result.get()).containsExactly(expected);
            }
        }

        assertThat(files()).hasSize(1);
        reads.set(0);
        run("weights", REQUEST);
        assertThat(reads).hasValue(0);
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsNoError() throws IOException {
        assumeTrue(Files.getFileStore(directory).supportsFileAttributeView("posix"), "no POSIX permissions here");
        Path missing = directory.resolve("missing");
        assertThat(run("weights", REQUEST, new PlanCache(Optional.of(missing), true, ROOM)))
                .containsExactly(expected);
        assertThat(missing).doesNotExist();

        run("weights", REQUEST);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-x------"));
        try {
            reads.set(0);
            assertThat(run("weights", REQUEST)).containsExactly(expected);
            assertThat(reads).hasValue(0);
        } finally {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void theFilesUsedLongestAgoGoFirst() throws IOException {
        run("a", REQUEST);
        long bytes = Files.size(onlyFile());
        PlanCache small = new PlanCache(Optional.of(directory), true, 2 * bytes + bytes / 2);
        run("b", REQUEST, small);
        for (Path file : files()) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(100)));
        }
        run("a", REQUEST, small); // used just now
        run("c", REQUEST, small);

        reads.set(0);
        run("a", REQUEST, small);
        run("c", REQUEST, small);
        assertThat(reads).hasValue(0);
        assertThat(files()).hasSize(2);
    }

    @Test
    void whatIsTooBigIsNotKeptAndWhatAKilledWriterLeftGoes() throws IOException {
        run("weights", REQUEST, new PlanCache(Optional.of(directory), true, 1000));
        assertThat(files()).isEmpty();

        Path old = Files.writeString(directory.resolve("x.plan.1.tmp"), "half");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(7200)));
        Path recent = Files.writeString(directory.resolve("x.plan.2.tmp"), "half");
        Path foreign = Files.writeString(directory.resolve("notes.txt"), "mine");
        run("weights", REQUEST);
        assertThat(old).doesNotExist();
        assertThat(recent).exists();
        assertThat(foreign).exists();
    }

    @Test
    void withoutAContentIdNothingIsKept() {
        try (Plan plan = Plan.of(NETWORK, LayerWeights.folding(parameters()), REQUEST, cache(), TuningFile::ofUser)) {
            assertThat(run(plan)).containsExactly(expected);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void thePropertyIsOnOrOff() {
        String before = System.getProperty(PlanCache.PROPERTY);
        try {
            System.setProperty(PlanCache.PROPERTY, "sometimes");
            assertThatThrownBy(PlanCache::ofUser).hasMessage("gatun.cache is 'sometimes', expected on or off");
        } finally {
            if (before == null) {
                System.clearProperty(PlanCache.PROPERTY);
            } else {
                System.setProperty(PlanCache.PROPERTY, before);
            }
        }
    }

    private Function<String, float[]> parameters() {
        RandomValues values = new RandomValues(NETWORK, 1);
        return name -> {
            reads.incrementAndGet();
            return values.get(name);
        };
    }

    private PlanCache cache() {
        return new PlanCache(Optional.of(directory), true, ROOM);
    }

    private Plan plan(String contentId, PlanRequest request, PlanCache cache) {
        return Plan.of(
                NETWORK,
                LayerWeights.folding(parameters(), null, () -> Optional.of(contentId)),
                request,
                cache,
                TuningFile::ofUser);
    }

    private float[] run(String contentId, PlanRequest request) {
        return run(contentId, request, cache());
    }

    private float[] run(String contentId, PlanRequest request, PlanCache cache) {
        try (Plan plan = plan(contentId, request, cache)) {
            return run(plan);
        }
    }

    private static float[] run(Plan plan) {
        float[] images = RandomValues.uniform(3, (int) (plan.srcBytes() / Float.BYTES), -1, 1);
        try (Execution execution = new Execution(plan);
                Arena arena = Arena.ofConfined()) {
            MemorySegment src = arena.allocate(plan.srcBytes(), 64);
            MemorySegment dst = arena.allocate(plan.dstBytes(), 64);
            MemorySegment.copy(images, 0, src, ValueLayout.JAVA_FLOAT, 0, images.length);
            execution.run(src, dst);
            return dst.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private List<Path> files() {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(file -> file.toString().endsWith(".plan")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path onlyFile() {
        assertThat(files()).hasSize(1);
        return files().getFirst();
    }
}
