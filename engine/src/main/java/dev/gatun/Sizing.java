package dev.gatun;

import dev.gatun.natives.Machine;
import dev.gatun.runtime.Placement;
import dev.gatun.spec.Precision;

/**
 * The numbers that options leave open, and why they are as they are.
 *
 * @param batch images of a run
 * @param batchReason in words
 * @param streamsAsked whether there have to be as many streams as planned, for they were asked for
 * @param placement streams and threads
 */
record Sizing(int batch, String batchReason, boolean streamsAsked, Placement placement) {
    /**
     * Multiply-accumulates of a run that keep a thread busy in spite of the barriers between layers. Measured 2026-11-21 on 2 cores:
     * CIFAR's ResNet-20 (0.04 G) takes 1.0 to 2.4 ms on one thread and 1.9 to 39 ms on two; ResNet-18 (1.8 G) gains from the second.
     */
    private static final double WORK_OF_A_THREAD = 0.5e9;

    /**
     * Multiply-accumulates below which an image is small: between CIFAR's ResNet-20 (0.04 G) and ResNet-18 (1.8 G). Measured 2026-11-21 as
     * CPU time of single-thread streams, the 10th percentile in ms an image, on a busy machine. ResNet-20 bf16 with batch 1, 4, 8, 16, 32:
     * 0.127, 0.100, 0.098, 0.096, 0.097; f32: 0.548, 0.574, 0.546, 0.522, 0.539.
     */
    private static final double SMALL_IMAGE = 0.5e9;

    private static final int SMALL_IMAGES = 16;

    /**
     * Images of a run of narrow types: they share the reading of weights, which one image does not keep a core busy with. Measured
     * 2026-11-21, ResNet-50 on one thread of a quiet machine, images a second with batch 1, 2, 4, 8: int8 160, 187, 213, 220; bf16 95, 100,
     * 114, 119 to 123 (16: 110); f32 18.5, 19.1, 18.7, 19.2.
     */
    private static final int LARGE_IMAGES = 8;

    /**
     * Decides.
     *
     * @param work multiply-accumulates of one image
     * @throws IllegalArgumentException if more threads are asked for than this process can use at full speed
     */
    static Sizing of(CompileOptions options, Machine machine, double work) {
        if (options.batch() != CompileOptions.AUTO) {
            return of(options, machine, work, options.batch(), "as asked");
        }
        return switch (options.hint()) {
            case LATENCY -> of(options, machine, work, 1, "one image is done soonest");
            case THROUGHPUT ->
                of(options, machine, work, batchOf(options.precision(), work), batchReason(options.precision(), work));
        };
    }

    private static Sizing of(CompileOptions options, Machine machine, double work, int batch, String batchReason) {
        boolean streamsAsked = options.streams() != CompileOptions.AUTO;
        return new Sizing(batch, batchReason, streamsAsked, place(options, machine, work * batch));
    }

    /** Streams to start now: of those that nobody asked for, no more than there is room for by now. */
    Placement placement(Machine machine) {
        return streamsAsked ? placement : placement.within(machine);
    }

    private static int batchOf(Precision precision, double work) {
        if (work < SMALL_IMAGE) {
            return SMALL_IMAGES;
        }
        return precision == Precision.F32 ? 1 : LARGE_IMAGES;
    }

    private static String batchReason(Precision precision, double work) {
        if (work < SMALL_IMAGE) {
            return "small images share the cost of starting each layer";
        }
        return precision == Precision.F32
                ? "multiplying takes the time, whatever the batch"
                : "images share the reading of weights";
    }

    private static Placement place(CompileOptions options, Machine machine, double work) {
        int streams = options.streams();
        int threads = options.threads();
        if (streams == CompileOptions.AUTO && threads == CompileOptions.AUTO) {
            return switch (options.hint()) {
                case LATENCY -> Placement.latency(machine, useful(work));
                case THROUGHPUT -> Placement.throughput(machine);
            };
        }
        return switch (options.hint()) {
            case LATENCY -> {
                int lanes = Math.max(1, streams);
                int most = Math.max(1, machine.usableThreads() / lanes);
                yield Placement.asked(machine, lanes, threads > 0 ? threads : Math.min(most, useful(work)));
            }
            case THROUGHPUT -> {
                int each = Math.max(1, threads);
                yield Placement.asked(
                        machine, streams > 0 ? streams : Math.max(1, machine.usableThreads() / each), each);
            }
        };
    }

    private static int useful(double work) {
        return (int) Math.max(1, Math.round(work / WORK_OF_A_THREAD));
    }
}
