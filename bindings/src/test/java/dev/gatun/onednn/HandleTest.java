package dev.gatun.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HandleTest {
    @Test
    void closedHandlesAreRefusedBeforeAnyCall() {
        MemoryDesc desc = MemoryDesc.of(DataType.F32, FormatTag.A, 4);
        desc.close();
        desc.close();
        assertThat(desc.isOpen()).isFalse();
        assertThatIllegalStateException().isThrownBy(desc::size).withMessage("MemoryDesc is closed");
        assertThatIllegalStateException().isThrownBy(desc::blob);
        assertThat(desc).hasToString("f32:closed 4");

        Stream stream = Stream.of(Engine.cpu());
        stream.close();
        assertThatIllegalStateException().isThrownBy(stream::await).withMessage("Stream is closed");
    }

    @Test
    void theEngineIsNeverClosed() {
        Engine engine = Engine.cpu();
        engine.close();
        assertThat(engine.isOpen()).isTrue();
        assertThat(Engine.cpu()).isSameAs(engine);
    }

    @Test
    void borrowedDescriptorsEndWithTheirOwner() {
        try (Bench bench = new Bench()) {
            PrimitiveDesc desc = convolution(bench);
            MemoryDesc weights = desc.weights();
            assertThat(weights.isOwned()).isFalse();
            assertThat(desc.weights()).isSameAs(weights);
            desc.close();
            assertThatIllegalStateException()
                    .isThrownBy(weights::size)
                    .withMessageContaining("what it depends on was closed");
            assertThatIllegalStateException().isThrownBy(desc::weights);
        }
    }

    @Test
    void borrowedDescriptorsEndWithTheImplementation() {
        try (Bench bench = new Bench()) {
            PrimitiveDesc desc = convolution(bench);
            MemoryDesc first = desc.weights();
            String implementation = desc.implInfo();
            assertThat(desc.nextImpl()).isTrue();
            assertThat(first.isOpen()).isFalse();
            assertThat(desc.weights().size()).isPositive();
            // Neighbours in oneDNN's list can have one name.
            while (desc.implInfo().equals(implementation)) {
                assertThat(desc.nextImpl()).isTrue();
            }
        }
    }

    @Test
    void theLastImplementationStays() {
        try (Bench bench = new Bench()) {
            PrimitiveDesc desc = convolution(bench);
            String implementation = desc.implInfo();
            while (desc.nextImpl()) {
                implementation = desc.implInfo();
            }
            assertThat(desc.nextImpl()).isFalse();
            assertThat(desc.implInfo()).isEqualTo(implementation);
            assertThat(desc.src().size()).isPositive();
        }
    }

    @Test
    void aClosedViewIsReplaced() {
        try (Bench bench = new Bench()) {
            PrimitiveDesc desc = convolution(bench);
            desc.src().close();
            assertThat(desc.src().isOpen()).isTrue();
            Memory memory = bench.tensor(desc.src());
            memory.desc().close();
            assertThat(memory.desc().sameAs(desc.src())).isTrue();
        }
    }

    @Test
    void absentTensorsAreEmptyDescriptors() {
        try (Bench bench = new Bench()) {
            PrimitiveDesc desc = convolution(bench);
            assertThat(desc.bias().isEmpty()).isTrue();
            assertThat(desc.workspace().size()).isZero();
            assertThat(desc.src(7)).hasToString("none");
            assertThat(desc.kind()).isEqualTo(PrimitiveKind.CONVOLUTION);
            MemoryDesc vector = bench.plain(DataType.F32, 16);
            PrimitiveDesc relu = bench.stack.push(PrimitiveDesc.eltwiseForward(
                    bench.engine,
                    PropKind.FORWARD_INFERENCE,
                    Algorithm.ELTWISE_RELU,
                    vector,
                    vector,
                    0,
                    0,
                    bench.attr()));
            assertThat(relu.weights().isEmpty()).isTrue();
            assertThat(relu.bias().isEmpty()).isTrue();
            assertThat(relu.scratchpad().size()).isZero();
        }
    }

    @Test
    void closingAMemoryEndsItsExecArgs() {
        try (Bench bench = new Bench()) {
            MemoryDesc vector = bench.plain(DataType.F32, 16);
            Primitive relu = bench.stack.push(PrimitiveDesc.eltwiseForward(
                            bench.engine,
                            PropKind.FORWARD_INFERENCE,
                            Algorithm.ELTWISE_RELU,
                            vector,
                            vector,
                            0,
                            0,
                            bench.attr())
                    .create());
            Memory src = bench.tensor(vector);
            ExecArgs args = bench.stack.push(ExecArgs.builder()
                    .add(Arg.SRC, src)
                    .add(Arg.DST, bench.tensor(vector))
                    .build());
            relu.execute(bench.stream, args);
            src.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> relu.execute(bench.stream, args))
                    .withMessageContaining("ExecArgs is no longer valid");
            assertThatIllegalStateException()
                    .isThrownBy(() -> ExecArgs.builder().add(Arg.SRC, src).build())
                    .withMessage("Memory is closed");
        }
    }

    @Test
    void memoryChecksItsData() {
        try (Arena arena = Arena.ofConfined();
                MemoryDesc desc = MemoryDesc.of(DataType.F32, FormatTag.A, 4);
                MemoryDesc any = MemoryDesc.of(DataType.F32, FormatTag.ANY, 4)) {
            Engine engine = Engine.cpu();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Memory.of(engine, desc, arena.allocate(15)))
                    .withMessage("data of 15 bytes, but the tensor takes 16");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Memory.of(engine, desc, MemorySegment.NULL))
                    .withMessageContaining("data of 0 bytes");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Memory.of(engine, desc, MemorySegment.ofArray(new float[4])))
                    .withMessageContaining("native");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Memory.of(engine, any, arena.allocate(16)))
                    .withMessageContaining("decided layout");
            try (Memory memory = Memory.of(engine, desc, arena.allocate(16))) {
                assertThatIllegalArgumentException().isThrownBy(() -> memory.setData(arena.allocate(8)));
                MemorySegment readOnly = arena.allocate(16).asReadOnly();
                memory.setData(readOnly);
                assertThat(memory.data()).isSameAs(readOnly);
                assertThat(memory.desc().sameAs(desc)).isTrue();
                assertThatIllegalArgumentException()
                        .isThrownBy(
                                () -> ExecArgs.builder().add(Arg.DST, memory).build())
                        .withMessageContaining("read-only");
                memory.setData(arena.allocate(16));
                ExecArgs.builder().add(Arg.DST, memory).build().close();
                assertThatIllegalArgumentException().isThrownBy(() -> memory.setData(readOnly));
            }
        }
    }

    @Test
    void concurrentClosesDestroyOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 200; round++) {
                MemoryDesc desc = MemoryDesc.of(DataType.F32, FormatTag.A, 4);
                // a second destroy of the same pointer aborts the process
                threads.invokeAll(Collections.nCopies(4, (Callable<Boolean>) () -> {
                    desc.close();
                    return desc.isOpen();
                }));
                assertThat(desc.isOpen()).isFalse();
            }
        }
    }

    @Test
    void stackClosesInReverseAndOnlyOnce() {
        List<Integer> closed = new ArrayList<>();
        NativeStack kept;
        try (NativeStack stack = new NativeStack()) {
            for (int i = 0; i < 3; i++) {
                int number = i;
                stack.push(() -> closed.add(number));
            }
            kept = stack.detach();
        }
        assertThat(closed).isEmpty();
        kept.close();
        kept.close();
        assertThat(closed).containsExactly(2, 1, 0);
    }

    @Test
    void stackClosesEverythingDespiteFailures() {
        AtomicInteger closed = new AtomicInteger();
        NativeStack stack = new NativeStack();
        stack.push(closed::incrementAndGet);
        stack.push(() -> {
            throw new IllegalArgumentException("second");
        });
        stack.push(() -> {
            throw new IllegalStateException("first");
        });
        assertThatIllegalStateException()
                .isThrownBy(stack::close)
                .withMessage("first")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(closed).hasValue(1);
        assertThatIllegalStateException().isThrownBy(() -> stack.push(closed::incrementAndGet));
        assertThat(closed).hasValue(2);
    }

    private static PrimitiveDesc convolution(Bench bench) {
        ConvolutionCase c = ConvolutionCase.square(1, 1, 16, 16, 8, 3, 1, 1);
        return bench.stack.push(c.desc(
                bench.desc(DataType.F32, FormatTag.ANY, c.src()),
                bench.desc(DataType.F32, FormatTag.ANY, c.weights()),
                null,
                bench.desc(DataType.F32, FormatTag.ANY, c.dst()),
                bench.attr()));
    }
}
