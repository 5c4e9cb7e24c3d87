package dev.gatun.plan;

import dev.gatun.natives.LargeMemory;
import dev.gatun.onednn.Arg;
import dev.gatun.onednn.Engine;
import dev.gatun.onednn.ExecArgs;
import dev.gatun.onednn.Memory;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.Primitive;
import dev.gatun.onednn.PrimitiveDesc;
import dev.gatun.onednn.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Finds by measurement which of oneDNN's implementations of a convolution is the fastest on this machine, and remembers it in a
 * {@link TuningFile}. Weights are measured as a network leaves them, out of the core's L2 cache; activations in it. One thread.
 */
final class Tuner {
    /** Turns that each implementation has, one after the other, so that what disturbs the machine disturbs all. */
    private static final int TURNS = 9;

    /** Memory that copies of the weights rotate through: a few times the L2 cache of any core so far. */
    private static final long ROTATION = 8L << 20;

    private static final int MAX_COPIES = 12;

    /** What another implementation has to gain over oneDNN's first choice, above what measurements scatter. */
    private static final double GAIN = 0.97;

    /** Implementations in plain C++, from 10 to 1000 times slower than generated code. */
    private static final String REFERENCE = "ref";

    private final TuningFile known;
    private final boolean measure;

    /**
     * @param known choices of before, and where new ones go
     * @param measure whether to measure what is not known yet
     */
    Tuner(TuningFile known, boolean measure) {
        this.known = known;
        this.measure = measure;
    }

    /**
     * The name of the implementation that is known or found to be the fastest; empty to leave the choice to oneDNN.
     *
     * @param key of the problem, asked for if anything is known: two with the same key are equally fast
     * @param problem makes a descriptor with decided layouts of source and destination, which is closed here
     */
    String choice(Engine engine, Supplier<String> key, Supplier<PrimitiveDesc> problem) {
        if (!measure && known.isEmpty()) {
            return "";
        }
        String choice = known.choice(key.get()).orElse("");
        if (choice.isEmpty() && measure) {
            choice = fastest(engine, problem);
            known.add(key.get(), choice);
        }
        return choice;
    }

    /** The problem at the implementation of this name; at oneDNN's first where there is none any more. The caller closes it. */
    static PrimitiveDesc at(String implementation, Supplier<PrimitiveDesc> problem) {
        PrimitiveDesc desc = problem.get();
        while (!desc.implInfo().equals(implementation)) {
            if (!desc.nextImpl()) {
                desc.close();
                return problem.get();
            }
        }
        return desc;
    }

    private static String fastest(Engine engine, Supplier<PrimitiveDesc> problem) {
        List<String> names = implementations(problem);
        if (names.size() == 1) {
            return names.getFirst();
        }
        double[][] times = new double[names.size()][TURNS];
        try (NativeStack owned = new NativeStack()) {
            Arena arena = owned.push(Arena.ofConfined());
            List<Candidate> candidates = new ArrayList<>();
            for (String name : names) {
                candidates.add(new Candidate(engine, owned.push(at(name, problem)), owned, arena));
            }
            for (Candidate candidate : candidates) {
                candidate.run();
            }
            for (int turn = 0; turn < TURNS; turn++) {
                for (int i = 0; i < candidates.size(); i++) {
                    times[i][turn] = candidates.get(i).run();
                }
            }
        }
        int best = 0;
        for (int i = 1; i < names.size(); i++) {
            double bar = best == 0 ? GAIN * median(times[0]) : median(times[best]);
            if (median(times[i]) < bar) {
                best = i;
            }
        }
        return names.get(best);
    }

    private static double median(double[] times) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Names in oneDNN's order of preference, down to the first that is made for an older instruction set than the best. */
    private static List<String> implementations(Supplier<PrimitiveDesc> problem) {
        List<String> names = new ArrayList<>();
        Set<String> sets = new HashSet<>();
        try (PrimitiveDesc desc = problem.get()) {
            do {
                String name = desc.implInfo();
                String set = name.substring(name.indexOf(':') + 1);
                sets.add(set);
                if (name.startsWith(REFERENCE) || sets.size() > 1) {
                    break;
                }
                names.add(name);
            } while (desc.nextImpl());
            if (names.isEmpty()) {
                names.add(desc.implInfo());
            }
        }
        return names;
    }

    /** An implementation with memory to run in. */
    private static final class Candidate {
        private final Stream stream;
        private final Primitive primitive;
        private final List<ExecArgs> copies = new ArrayList<>();

        Candidate(Engine engine, PrimitiveDesc desc, NativeStack owned, Arena arena) {
            this.stream = owned.push(Stream.of(engine));
            this.primitive = owned.push(desc.create());
            long weights = ArenaPlanner.align(desc.weights().size());
            int count = Math.clamp(ROTATION / weights, 2, MAX_COPIES);
            // Written, for memory that never was is one page of zeros, and always near.
            MemorySegment rotation =
                    LargeMemory.allocate(arena, weights * count).fill((byte) 1);
            Room room = new Room(engine, owned, arena);
            Memory src = room.of(desc.src());
            Memory dst = room.of(desc.dst());
            for (int i = 0; i < count; i++) {
                MemorySegment copy = rotation.asSlice(i * weights, weights);
                ExecArgs.Builder args = ExecArgs.builder()
                        .add(Arg.SRC, src)
                        .add(Arg.DST, dst)
                        .add(Arg.WEIGHTS, owned.push(Memory.of(engine, desc.weights(), copy)))
                        .add(Arg.BIAS, room.of(desc.bias()));
                if (desc.scratchpad().size() > 0) {
                    args.add(Arg.SCRATCHPAD, room.of(desc.scratchpad()));
                }
                if (desc.weights().dataType().size() == 1) {
                    args.add(Arg.attrScales(Arg.WEIGHTS), room.of(desc.bias()));
                }
                copies.add(owned.push(args.build()));
            }
        }

        /** Nanoseconds of one execution, on average over the copies. */
        double run() {
            long start = System.nanoTime();
            for (ExecArgs args : copies) {
                primitive.execute(stream, args);
            }
            stream.await();
            return (double) (System.nanoTime() - start) / copies.size();
        }
    }

    /** Zeroed memory for tensors. */
    private record Room(Engine engine, NativeStack owned, Arena arena) {
        Memory of(MemoryDesc desc) {
            return owned.push(Memory.of(engine, desc, LargeMemory.allocate(arena, desc.size())));
        }
    }
}
