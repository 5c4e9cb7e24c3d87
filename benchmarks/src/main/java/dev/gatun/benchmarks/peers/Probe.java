package dev.gatun.benchmarks.peers;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.gatun.natives.MultiplyLoop;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Asks the core whether it is alone: multiplies tiles for some 25 microseconds, four times, of which the quickest counts, since a core that
 * has computed with AVX-512 is slower for a moment. When the host lets another machine's thread run on the same
 * core, all tile instructions wait for each other and this takes four to five times as long, whereas ordinary instructions hardly slow
 * down (both measured, 2026-11-29). So it tells which runs of whomever were disturbed without looking at how long they took. For one thread.
 */
final class Probe implements AutoCloseable {
    private static final int ITERATIONS = 256;
    private static final int TIMES = 4;

    /** Linux on x86-64: {@code arch_prctl}, {@code ARCH_REQ_XCOMP_PERM}, and the state of tiles; asm/prctl.h and asm/fpu/types.h. */
    private static final long[] ASK_FOR_TILES = {158, 0x1023, 18};

    private final Arena arena = Arena.ofShared();
    private final MemorySegment data = MultiplyLoop.INT8_AMX.allocate(arena);

    private Probe() {}

    /** A probe, where the CPU and the kernel let this process use tiles. Whether a hypervisor faults on them is for others to find out. */
    static Optional<Probe> of() {
        if (MultiplyLoop.INT8_AMX.obstacle().isPresent()) {
            askForTiles();
        }
        return MultiplyLoop.INT8_AMX.obstacle().isEmpty() ? Optional.of(new Probe()) : Optional.empty();
    }

    @SuppressWarnings("restricted")
    private static void askForTiles() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> syscall = linker.defaultLookup().find("syscall");
        if (syscall.isEmpty()) {
            return;
        }
        MethodHandle call = linker.downcallHandle(
                syscall.orElseThrow(),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        try {
            // If it is refused, the loop has an obstacle still.
            long _ = (long) call.invokeExact(ASK_FOR_TILES[0], ASK_FOR_TILES[1], ASK_FOR_TILES[2]);
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing else", e);
        }
    }

    /** The quickest of the four, once what it reads is in the cache again. */
    long nanos() {
        MultiplyLoop.INT8_AMX.run(data, 1);
        long quickest = Long.MAX_VALUE;
        for (int i = 0; i < TIMES; i++) {
            long start = System.nanoTime();
            MultiplyLoop.INT8_AMX.run(data, ITERATIONS);
            quickest = Math.min(quickest, System.nanoTime() - start);
        }
        return quickest;
    }

    @Override
    public void close() {
        arena.close();
    }
}
