package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PrimitiveTest {
    private static final ConvolutionCase CASE = ConvolutionCase.square(1, 1, 16, 16, 8, 3, 1, 1);

    private static PrimitiveDesc convolution(Bench bench, ConvolutionCase c) {
        return bench.stack.push(c.desc(
                bench.desc(DataType.F32, FormatTag.ANY, c.src()),
                bench.desc(DataType.F32, FormatTag.ANY, c.weights()),
                null,
                bench.desc(DataType.F32, FormatTag.ANY, c.dst()),
                bench.attr()));
    }

    private static ExecArgs.Builder inputs(Bench bench, PrimitiveDesc desc) {
        return ExecArgs.builder()
                .add(Arg.SRC, bench.tensor(desc.src()))
                .add(Arg.WEIGHTS, bench.tensor(desc.weights()))
                .add(Arg.SCRATCHPAD, bench.tensor(desc.scratchpad()));
    }

    /** Teams of several threads on a busy machine spend their time in barriers. */
    private static void withATeamOfOne(Callable<?> body) throws Exception {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            thread.submit(() -> {
                        OneDnn.setThreads(1);
                        return body.call();
                    })
                    .get();
        }
    }

    @Test
    void executeAndSetDataAllocateNothing() throws Exception {
        withATeamOfOne(PrimitiveTest::countAllocations);
    }

    private static long countAllocations() {
        try (Bench bench = new Bench()) {
            PrimitiveDesc desc = convolution(bench, ConvolutionCase.square(1, 1, 1, 1, 1, 1, 1, 0));
            Primitive primitive = bench.stack.push(desc.create());
            Memory dst = bench.tensor(desc.dst());
            ExecArgs args =
                    bench.stack.push(inputs(bench, desc).add(Arg.DST, dst).build());
            MemorySegment[] buffers = {bench.allocate(dst.size()), bench.allocate(dst.size())};
            run(bench, primitive, dst, args, buffers, 20_000);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            run(bench, primitive, dst, args, buffers, 100_000);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            // The measurement itself costs some bytes; one object a call would be over a million.
            assertThat(allocated).isLessThan(10_000);
            return allocated;
        }
    }

    private static void run(
            Bench bench, Primitive primitive, Memory dst, ExecArgs args, MemorySegment[] buffers, int times) {
        for (int i = 0; i < times; i++) {
            dst.setData(buffers[i & 1]);
            primitive.execute(bench.stream, args);
        }
    }

    @Test
    void threadsShareAPrimitiveBitForBit() throws Exception {
        withATeamOfOne(PrimitiveTest::runSideBySide);
    }

    private static boolean runSideBySide() throws Exception {
        ConvolutionCase c = ConvolutionCase.square(1, 1, 64, 64, 14, 3, 1, 1);
        try (Bench bench = new Bench();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            PrimitiveDesc desc = convolution(bench, c);
            Primitive primitive = bench.stack.push(desc.create());
            Memory src = bench.tensor(desc.src(), Values.reals(ConvolutionTest.product(c.src()), -1, 1, 1));
            Memory weights = bench.tensor(desc.weights(), Values.reals(ConvolutionTest.product(c.weights()), -1, 1, 2));
            List<Memory> results = new ArrayList<>();
            List<ExecArgs> args = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Memory dst = bench.tensor(desc.dst());
                results.add(dst);
                args.add(bench.stack.push(ExecArgs.builder()
                        .add(Arg.SRC, src)
                        .add(Arg.WEIGHTS, weights)
                        .add(Arg.SCRATCHPAD, bench.tensor(desc.scratchpad()))
                        .add(Arg.DST, dst)
                        .build()));
            }
            primitive.execute(bench.stream, args.get(0));
            byte[] alone = results.get(0).data().toArray(ValueLayout.JAVA_BYTE);
            List<Future<Boolean>> same = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                int mine = i;
                same.add(threads.submit(() -> {
                    boolean equal = true;
                    OneDnn.setThreads(1);
                    try (Stream stream = Stream.of(bench.engine)) {
                        for (int run = 0; run < 300; run++) {
                            MemorySegment result = results.get(mine).data().fill((byte) 0xff);
                            primitive.execute(stream, args.get(mine));
                            equal &= result.mismatch(MemorySegment.ofArray(alone)) == -1;
                        }
                    }
                    return equal;
                }));
            }
            for (Future<Boolean> result : same) {
                assertThat(result.get()).isTrue();
            }
            return true;
        }
    }

    @Test
    void anotherTeamThanPlannedIsRefused() throws Exception {
        try (Bench bench = new Bench();
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            PrimitiveDesc desc = convolution(bench, CASE);
            Primitive primitive = bench.stack.push(desc.create());
            ExecArgs args = bench.stack.push(
                    inputs(bench, desc).add(Arg.DST, bench.tensor(desc.dst())).build());
            int team = OneDnn.maxThreads();
            thread.submit(() -> {
                        OneDnn.setThreads(team + 1);
                        assertThatIllegalStateException()
                                .isThrownBy(() -> primitive.execute(bench.stream, args))
                                .withMessageContaining("this thread has " + (team + 1));
                    })
                    .get();
            primitive.execute(bench.stream, args);
        }
    }

    @Test
    void missingArgumentsAreNamed() {
        try (Bench bench = new Bench()) {
            PrimitiveDesc desc = convolution(bench, CASE);
            Primitive primitive = bench.stack.push(desc.create());
            ExecArgs noDst = bench.stack.push(inputs(bench, desc).build());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> primitive.execute(bench.stream, noDst))
                    .withMessageContaining("DST is missing, expected f32:");
        }
    }

    @Test
    void aMissingScratchpadIsNamed() {
        // with this layout, oneDNN convolves by way of a matrix in the scratchpad
        ConvolutionCase c = ConvolutionCase.square(1, 1, 64, 64, 14, 3, 1, 1);
        try (Bench bench = new Bench()) {
            PrimitiveDesc desc = convolution(bench, c);
            while (desc.scratchpad().size() == 0) {
                assertThat(desc.nextImpl()).isTrue();
            }
            Primitive primitive = bench.stack.push(desc.create());
            ExecArgs args = bench.stack.push(ExecArgs.builder()
                    .add(Arg.SRC, bench.tensor(desc.src()))
                    .add(Arg.WEIGHTS, bench.tensor(desc.weights()))
                    .add(Arg.DST, bench.tensor(desc.dst()))
                    .build());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> primitive.execute(bench.stream, args))
                    .withMessageContaining("SCRATCHPAD is missing");
            ExecArgs tooSmall = bench.stack.push(ExecArgs.builder()
                    .add(Arg.SRC, bench.tensor(desc.src()))
                    .add(Arg.WEIGHTS, bench.tensor(desc.weights()))
                    .add(Arg.DST, bench.tensor(desc.dst()))
                    .add(Arg.SCRATCHPAD, bench.tensor(bench.plain(DataType.U8, 1)))
                    .build());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> primitive.execute(bench.stream, tooSmall))
                    .withMessageContaining("SCRATCHPAD is u8:a 1");
        }
    }

    @Test
    void tensorsOfAnotherShapeOrLayoutAreRefused() {
        try (Bench bench = new Bench()) {
            PrimitiveDesc desc = convolution(bench, CASE);
            Primitive primitive = bench.stack.push(desc.create());
            ExecArgs args = bench.stack.push(inputs(bench, desc)
                    .add(Arg.DST, bench.tensor(bench.desc(DataType.F32, FormatTag.NHWC, 1, 16, 8, 7)))
                    .build());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> primitive.execute(bench.stream, args))
                    .withMessageContaining("DST is f32:acdb 1x16x8x7, expected");
        }
    }

    @Test
    void unexpectedAndRepeatedArgumentsAreRefused() {
        try (Bench bench = new Bench()) {
            PrimitiveDesc desc = convolution(bench, CASE);
            Primitive primitive = bench.stack.push(desc.create());
            Memory bias = bench.tensor(bench.plain(DataType.F32, 16));
            ExecArgs args = bench.stack.push(inputs(bench, desc)
                    .add(Arg.DST, bench.tensor(desc.dst()))
                    .add(Arg.BIAS, bias)
                    .build());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> primitive.execute(bench.stream, args))
                    .withMessageContaining("BIAS is not an argument of this primitive");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ExecArgs.builder().add(Arg.BIAS, bias).add(Arg.BIAS, bias))
                    .withMessageContaining("BIAS was added before");
        }
    }

    @Test
    void scalesMustBeThereAndComplete() {
        try (Bench bench = new Bench()) {
            PrimitiveDesc desc = bench.stack.push(CASE.desc(
                    bench.desc(DataType.U8, FormatTag.ANY, CASE.src()),
                    bench.desc(DataType.S8, FormatTag.ANY, CASE.weights()),
                    null,
                    bench.desc(DataType.F32, FormatTag.ANY, CASE.dst()),
                    bench.attr(Attr.builder().scales(Arg.WEIGHTS, 1))));
            Primitive primitive = bench.stack.push(desc.create());
            ExecArgs.Builder args = inputs(bench, desc).add(Arg.DST, bench.tensor(desc.dst()));
            ExecArgs without = bench.stack.push(args.build());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> primitive.execute(bench.stream, without))
                    .withMessageContaining("scales of WEIGHTS are missing");
            ExecArgs tooFew =
                    bench.stack.push(args.add(Arg.attrScales(Arg.WEIGHTS), bench.tensor(bench.plain(DataType.F32, 15)))
                            .build());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> primitive.execute(bench.stream, tooFew))
                    .withMessageContaining("scales of WEIGHTS are f32:a 15, expected 16 of f32");
        }
    }

    @Test
    void shapesThatDoNotFitAreNamed() {
        try (Bench bench = new Bench()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CASE.desc(
                            bench.desc(DataType.F32, FormatTag.ANY, 1, 15, 8, 8),
                            bench.desc(DataType.F32, FormatTag.ANY, CASE.weights()),
                            null,
                            bench.desc(DataType.F32, FormatTag.ANY, CASE.dst()),
                            bench.attr()))
                    .withMessageContaining("channels of src is 15, but input channels of all groups is 16");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CASE.desc(
                            bench.desc(DataType.F32, FormatTag.ANY, CASE.src()),
                            bench.desc(DataType.F32, FormatTag.ANY, CASE.weights()),
                            null,
                            bench.desc(DataType.F32, FormatTag.ANY, 1, 16, 8, 9),
                            bench.attr()))
                    .withMessageContaining("spatial dimension 1 of dst is 9, but this window makes it 8");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CASE.desc(
                            bench.desc(DataType.F32, FormatTag.ANY, CASE.src()),
                            bench.desc(DataType.F32, FormatTag.ANY, CASE.weights()),
                            bench.plain(DataType.F32, 3),
                            bench.desc(DataType.F32, FormatTag.ANY, CASE.dst()),
                            bench.attr()))
                    .withMessageContaining("length of bias is 3, but output channels is 16");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PrimitiveDesc.matmul(
                            bench.engine,
                            bench.plain(DataType.F32, 2, 3),
                            bench.plain(DataType.F32, 4, 5),
                            null,
                            bench.plain(DataType.F32, 2, 5),
                            bench.attr()))
                    .withMessageContaining("columns of src is 3, but rows of weights is 4");
        }
    }

    @Test
    void unimplementedProblemsSayWhichTheyAre() {
        try (Bench bench = new Bench()) {
            assertThatExceptionOfType(OneDnnException.class)
                    .isThrownBy(() -> CASE.desc(
                            bench.desc(DataType.F32, FormatTag.ANY, CASE.src()),
                            bench.desc(DataType.F32, FormatTag.ANY, CASE.weights()),
                            null,
                            bench.desc(DataType.F32, FormatTag.ANY, CASE.dst()),
                            bench.attr(Attr.builder().accumulation(AccumulationMode.F16))))
                    .withMessageStartingWith("dnnl_convolution_forward_primitive_desc_create: not implemented")
                    .withMessageContaining("src f32:any 1x16x8x8")
                    .withMessageContaining("accumulation:F16")
                    .satisfies(e -> {
                        assertThat(e.status()).isEqualTo(Status.UNIMPLEMENTED);
                        assertThat(e.call()).isEqualTo("dnnl_convolution_forward_primitive_desc_create");
                    });
        }
    }
}
