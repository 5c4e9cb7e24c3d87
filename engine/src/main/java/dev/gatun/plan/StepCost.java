package dev.gatun.plan;

import dev.gatun.onednn.Arg;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.MemoryDesc;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a step of a plan costs in a run.
 *
 * @param name of the node that it computes, or what it prepares for which node; a convolution that is summed with the one that adds it is part
 *     of that
 * @param implementation as oneDNN names it
 * @param type that it computes in: of its weights where it has some, else of what it writes
 * @param macs multiply-accumulates, padding included, of the layer as it is defined, of which minimal filtering does a quarter; a shortcut padded with
 *     zeros is a convolution here, which the papers do not count
 * @param srcBytes of the activations that it reads
 * @param dstBytes of the activations that it writes; if it adds to them, they are not counted twice
 * @param weightBytes of packed weights, biases and scales
 */
public record StepCost(
        String name, String implementation, DataType type, long macs, long srcBytes, long dstBytes, long weightBytes) {
    /** All bytes that it moves. */
    public long bytes() {
        return srcBytes + dstBytes + weightBytes;
    }

    /** Whether {@code other} does the same for another part of the batch. */
    public boolean sameLayer(StepCost other) {
        return name.equals(other.name) && implementation.equals(other.implementation);
    }

    /** The cost of both, of which the second does the same for another part of the batch, with the same weights. */
    public StepCost plus(StepCost other) {
        return new StepCost(
                name,
                implementation,
                type,
                macs + other.macs,
                srcBytes + other.srcBytes,
                dstBytes + other.dstBytes,
                Math.max(weightBytes, other.weightBytes));
    }

    /**
     * The cost of {@code step}.
     *
     * @param srcBytes of the images of a run
     */
    static StepCost of(Step step, long srcBytes) {
        return switch (step) {
            case Step.Execute execute -> of(execute);
            case Step.Tiles tiles -> of(tiles);
            case Step.Filter filter -> of(filter);
            case Step.ReadPixels read ->
                memoryBound(
                        step,
                        DataType.U8,
                        srcBytes * read.reader().dstBytes() / read.dst().bytes(),
                        read.reader().dstBytes());
            case Step.Round round ->
                memoryBound(step, DataType.F32, round.count() * Float.BYTES, round.count() * Float.BYTES);
        };
    }

    private static StepCost memoryBound(Step step, DataType type, long srcBytes, long dstBytes) {
        return new StepCost(step.name(), step.implementation(), type, 0, srcBytes, dstBytes, 0);
    }

    private static StepCost of(Step.Tiles step) {
        TileWork work = step.work();
        return new StepCost(
                step.name(),
                step.implementation(),
                work.type(),
                work.macs(),
                work.srcBytes() + work.residualBytes(),
                work.dstBytes(),
                work.weightBytes());
    }

    private static StepCost of(Step.Filter step) {
        WinogradWork work = step.work();
        return new StepCost(
                step.name(),
                step.implementation(),
                DataType.F32,
                work.macs(),
                work.srcBytes() + (work.adds() ? work.dstBytes() : 0),
                work.dstBytes(),
                work.weightBytes());
    }

    private static StepCost of(Step.Execute step) {
        MemoryDesc dst = desc(step, Arg.DST).orElseThrow();
        Optional<MemoryDesc> weights = desc(step, Arg.WEIGHTS);
        long constants = bytes(step, argument -> argument.operand() instanceof Operand.Constant);
        long activations = bytes(step, argument -> argument.operand() instanceof Operand.InBuffer);
        return new StepCost(
                step.name(),
                step.implementation(),
                weights.orElse(dst).dataType(),
                // Every value of a channel of dst takes as many as the channel has weights.
                weights.map(w -> dst.elements() / dst.dim(1) * w.elements()).orElse(0L),
                activations - dst.size(),
                dst.size(),
                constants);
    }

    private static Optional<MemoryDesc> desc(Step.Execute step, int arg) {
        return step.arguments().stream()
                .filter(argument -> argument.arg() == arg)
                .map(Step.Argument::desc)
                .findFirst();
    }

    private static long bytes(Step.Execute step, Predicate<Step.Argument> which) {
        return step.arguments().stream()
                .filter(which)
                .mapToLong(argument -> argument.desc().size())
                .sum();
    }
}
