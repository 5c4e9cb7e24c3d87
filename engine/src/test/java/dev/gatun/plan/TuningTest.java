package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.Errors;
import dev.gatun.RandomValues;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.onednn.Algorithm;
import dev.gatun.onednn.Attr;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.Engine;
import dev.gatun.onednn.FormatTag;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.PrimitiveDesc;
import dev.gatun.onednn.PropKind;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Variants;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuningTest {
    private static final Graph NETWORK = GraphBuilder.build(Variants.named("resnet20-cifar10"));
    private static final String MACHINE = "a CPU, an ISA, a version";
    private static final String PROBLEM = "conv of a kind";

    /** oneDNN's last resort, which every problem has and no plan takes by itself. */
    private static final String SLOW = "ref:any";

    @TempDir
    Path directory;

    private final NativeStack owned = new NativeStack();

    @AfterEach
    void free() {
        owned.close();
    }

    private TuningFile file() {
        return TuningFile.read(directory.resolve("tunings.txt"), MACHINE);
    }

    /** A convolution that oneDNN has several implementations of. */
    private PrimitiveDesc problem() {
        MemoryDesc images = owned.push(MemoryDesc.of(DataType.F32, FormatTag.NHWC, 1, 64, 14, 14));
        return PrimitiveDesc.convolutionForward(
                Engine.cpu(),
                PropKind.FORWARD_INFERENCE,
                Algorithm.CONVOLUTION_DIRECT,
                images,
                owned.push(MemoryDesc.of(DataType.F32, FormatTag.ANY, 64, 64, 3, 3)),
                owned.push(MemoryDesc.of(DataType.F32, FormatTag.X, 64)),
                images,
                new long[] {1, 1},
                new long[] {0, 0},
                new long[] {1, 1},
                new long[] {1, 1},
                owned.push(Attr.builder().build()));
    }

    private List<String> implementations() {
        List<String> names = new ArrayList<>();
        try (PrimitiveDesc desc = problem()) {
            do {
                names.add(desc.implInfo());
            } while (desc.nextImpl());
        }
        return names;
    }

    private static String noKey() {
        throw new AssertionError("nothing should have been looked up");
    }

    private static PrimitiveDesc nothing() {
        throw new AssertionError("nothing should have been measured");
    }

    @Test
    void whereNothingIsKnownOneDnnChooses() {
        assertThat(new Tuner(file(), false).choice(Engine.cpu(), TuningTest::noKey, TuningTest::nothing))
                .isEmpty();
    }

    @Test
    void whatIsMeasuredIsOneOfTheImplementationsAndRemembered() {
        TuningFile file = file();
        String choice = new Tuner(file, true).choice(Engine.cpu(), () -> PROBLEM, this::problem);
        assertThat(implementations()).contains(choice);
        file.save();
        assertThat(file().choice(PROBLEM)).contains(choice);
        assertThat(new Tuner(file(), true).choice(Engine.cpu(), () -> PROBLEM, TuningTest::nothing))
                .isEqualTo(choice);
    }

    @Test
    void anImplementationIsFoundByItsNameAndOneThatIsNoMoreLeavesTheFirst() {
        for (String name : implementations()) {
            try (PrimitiveDesc desc = Tuner.at(name, this::problem)) {
                assertThat(desc.implInfo()).isEqualTo(name);
            }
        }
        try (PrimitiveDesc desc = Tuner.at("of another version", this::problem)) {
            assertThat(desc.implInfo()).isEqualTo(implementations().getFirst());
        }
    }

    @Test
    void whatAnotherMachineMeasuredIsNotBelieved() throws IOException {
        TuningFile file = file();
        file.add(PROBLEM, "jit");
        file.save();
        assertThat(TuningFile.read(directory.resolve("tunings.txt"), "another").isEmpty())
                .isTrue();
        Files.writeString(directory.resolve("tunings.txt"), MACHINE + "\nno tab\n" + PROBLEM + "\tjit\n\t\n");
        assertThat(file().choice(PROBLEM)).contains("jit");
        Files.write(directory.resolve("tunings.txt"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThat(file().isEmpty()).isTrue();
    }

    @Test
    void whatOthersHaveSavedMeanwhileIsKept() {
        TuningFile first = file();
        TuningFile second = file();
        first.add(PROBLEM, "jit");
        first.add("both's", "jit");
        second.add("another", "brgemm");
        second.add("both's", "brgemm");
        first.save();
        second.save();
        assertThat(file().choice(PROBLEM)).contains("jit");
        assertThat(file().choice("another")).contains("brgemm");
        assertThat(file().choice("both's")).contains("brgemm");

        // What the second read is no newer than what the first writes now.
        second.add("later", "jit");
        first.add("another", "gemm");
        first.save();
        second.save();
        assertThat(file().choice("another")).contains("gemm");
    }

    @Test
    void whatCannotBeWrittenIsNoError() throws IOException {
        Path inTheWay = Files.writeString(directory.resolve("file"), "no directory");
        TuningFile file = TuningFile.read(inTheWay.resolve("tunings.txt"), MACHINE);
        file.add(PROBLEM, "jit");
        file.save();
        assertThat(file.choice(PROBLEM)).contains("jit");
        assertThat(inTheWay).hasContent("no directory");
    }

    @Test
    void plansComputeWithWhatIsKnownToBeTheFastest() throws IOException {
        TuningFile measured = file();
        Tuned plain = run(false, file());
        Tuned tuned = run(true, measured);
        assertThat(Errors.relative(tuned.dst, plain.dst)).isLessThan(1e-5);
        assertThat(measured.isEmpty()).isFalse();
        assertThat(plain.layers).isZero();
        // Those that are not filtered by convolutions of ours.
        assertThat(tuned.layers).isPositive();
        assertThat(run(false, file())).usingRecursiveComparison().isEqualTo(tuned);

        Tuned told = run(false, told(SLOW));
        assertThat(told.implementations).contains(SLOW);
        assertThat(plain.implementations).doesNotContain(SLOW);
        assertThat(Errors.relative(told.dst, plain.dst)).isLessThan(1e-5);

        Tuned gone = run(false, told("of another version"));
        assertThat(gone).usingRecursiveComparison().isEqualTo(plain);
    }

    /** As if this had been the fastest for all that was measured. */
    private TuningFile told(String implementation) throws IOException {
        Path file = directory.resolve("tunings.txt");
        List<String> lines = Files.readAllLines(file).stream()
                .map(line -> line.contains("\t") ? line.substring(0, line.indexOf('\t') + 1) + implementation : line)
                .toList();
        Files.write(file, lines);
        return file();
    }

    private static final class Tuned {
        final int layers;
        final List<String> implementations;
        final float[] dst;

        Tuned(int layers, List<String> implementations, float[] dst) {
            this.layers = layers;
            this.implementations = implementations;
            this.dst = dst;
        }
    }

    private static Tuned run(boolean tune, TuningFile tunings) {
        PlanRequest request = new PlanRequest(1, 32, 32, InputFormat.F32_NCHW, Precision.F32, false, 1, null, tune);
        LayerWeights weights = LayerWeights.folding(new RandomValues(NETWORK, 1)::get);
        PlanCache none = PlanCache.none();
        try (Arena arena = Arena.ofConfined();
                Plan plan = Plan.of(NETWORK, weights, request, none, () -> tunings);
                Execution execution = new Execution(plan)) {
            MemorySegment src = arena.allocateFrom(ValueLayout.JAVA_FLOAT, RandomValues.uniform(4, 3 * 32 * 32, -1, 1));
            MemorySegment dst = arena.allocate(plan.dstBytes(), 4);
            execution.run(src, dst);
            List<String> implementations =
                    plan.stepInfos().stream().map(Plan.StepInfo::implementation).toList();
            return new Tuned(plan.tunedLayers(), implementations, dst.toArray(ValueLayout.JAVA_FLOAT));
        }
    }
}
