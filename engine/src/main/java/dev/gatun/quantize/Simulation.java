package dev.gatun.quantize;

import dev.gatun.graph.Epilogue;
import dev.gatun.graph.Node;
import dev.gatun.onednn.Arg;
import dev.gatun.onednn.ExecArgs;
import dev.gatun.onednn.Memory;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a network on some images first in f32 and then again as int8 would compute it, so far as values and weights that int8 has are concerned:
 * sums are f32 all the same. What a setting does not change is not computed again. Belongs to one thread, whose OpenMP team is of one; owns
 * the values of both runs.
 */
final class Simulation implements AutoCloseable {
    private static final long ALIGNMENT = 64;

    /** Sees what a layer computes before the residual is added and ReLU applied. */
    @FunctionalInterface
    interface Tap {
        /** Looks away. */
        Tap NONE = (_, _) -> {};

        /** NHWC values of a layer. */
        void see(String layer, MemorySegment sums);
    }

    /** A node's primitive with memory objects of this thread. */
    private record Bound(NodeNetwork.Operation operation, ExecArgs args, Map<Integer, Memory> memories) {
        void run(Stream stream, Map<Integer, MemorySegment> data) {
            data.forEach(
                    (arg, segment) -> Objects.requireNonNull(memories.get(arg)).setData(segment));
            operation.primitive().execute(stream, args);
        }
    }

    private final NodeNetwork network;
    private final NativeStack handles;
    private final Stream stream;
    private final Map<String, MemorySegment> reference = new HashMap<>();
    private final Map<String, MemorySegment> changed = new HashMap<>();
    private final Map<String, Bound> bound = new HashMap<>();
    private final Set<String> dirty = new HashSet<>();
    private final Elements elements = new Elements();

    Simulation(NodeNetwork network) {
        this.network = network;
        try (NativeStack rollback = new NativeStack()) {
            Arena arena = rollback.push(Arena.ofShared());
            this.stream = rollback.push(Stream.of(network.engine()));
            long scratchpadBytes = ALIGNMENT;
            for (Node node : network.graph().nodes()) {
                long bytes = network.shape(node.name()).elements() * Float.BYTES;
                reference.put(node.name(), arena.allocate(bytes, ALIGNMENT));
                changed.put(node.name(), arena.allocate(bytes, ALIGNMENT));
                NodeNetwork.Operation operation = network.operation(node.name());
                scratchpadBytes = Math.max(scratchpadBytes, operation == null ? 0 : operation.scratchpad());
            }
            MemorySegment scratchpad = arena.allocate(scratchpadBytes, ALIGNMENT);
            for (Node node : network.graph().nodes()) {
                NodeNetwork.Operation operation = network.operation(node.name());
                if (operation != null) {
                    bound.put(node.name(), bind(node, operation, scratchpad, rollback));
                }
            }
            this.handles = rollback.detach();
        }
    }

    private Bound bind(Node node, NodeNetwork.Operation operation, MemorySegment scratchpad, NativeStack owner) {
        Map<Integer, MemorySegment> arguments =
                new HashMap<>(Map.of(Arg.SRC, reference(node.sources().getFirst()), Arg.DST, reference(node.name())));
        if (operation.args().containsKey(Arg.WEIGHTS)) {
            Packed packed = network.weights(node.name());
            arguments.put(Arg.WEIGHTS, packed.weights());
            arguments.put(Arg.BIAS, packed.bias());
        }
        Map<Integer, Memory> memories = new HashMap<>();
        ExecArgs.Builder args = ExecArgs.builder();
        for (Map.Entry<Integer, MemoryDesc> entry : operation.args().entrySet()) {
            int arg = entry.getKey();
            MemorySegment data = arguments.getOrDefault(arg, scratchpad);
            Memory memory = owner.push(Memory.of(network.engine(), entry.getValue(), data));
            memories.put(arg, memory);
            args.add(arg, memory);
        }
        return new Bound(operation, owner.push(args.build()), memories);
    }

    /** Where the images are to be written before {@link #runReference}: normalised f32, NHWC. */
    MemorySegment images() {
        return reference(network.graph().input().name());
    }

    /** A value of the f32 run. */
    MemorySegment reference(String value) {
        return Objects.requireNonNull(reference.get(value));
    }

    /** A value of the last simulated run. */
    MemorySegment simulated(String value) {
        return dirty.contains(value) ? changed(value) : reference(value);
    }

    private MemorySegment changed(String value) {
        return Objects.requireNonNull(changed.get(value));
    }

    /** Computes all values in f32. */
    void runReference(Tap tap) {
        dirty.clear();
        for (Node node : network.graph().nodes()) {
            if (!(node instanceof Node.Input)) {
                compute(node, reference(node.name()), Setting.F32, tap);
            }
        }
    }

    /** Computes what differs under this setting; {@link #simulated} has the values then. */
    void run(Setting setting) {
        dirty.clear();
        for (Node node : network.graph().nodes()) {
            String name = node.name();
            boolean recomputed = setting.weights().containsKey(name)
                    || node.sources().stream().anyMatch(dirty::contains);
            Grid grid = setting.grids().get(name);
            if (recomputed) {
                compute(node, changed(name), setting, Tap.NONE);
                dirty.add(name);
            } else if (grid != null) {
                changed(name).copyFrom(reference(name));
                elements.finish(changed(name), null, false, grid);
                dirty.add(name);
            }
        }
    }

    /**
     * Computes one layer from its f32 source rounded to {@code src}, and from then on as in f32, leaving the result in {@link #simulated}.
     *
     * @param src grid of the source, or null to leave it
     */
    void runLayer(Node layer, @Nullable Grid src, Packed weights, Tap tap) {
        dirty.clear();
        String source = layer.sources().getFirst();
        if (src != null) {
            changed(source).copyFrom(reference(source));
            elements.finish(changed(source), null, false, src);
            dirty.add(source);
        }
        compute(layer, changed(layer.name()), new Setting(Map.of(), Map.of(layer.name(), weights)), tap);
        dirty.remove(source);
        dirty.add(layer.name());
    }

    private void compute(Node node, MemorySegment to, Setting setting, Tap tap) {
        String name = node.name();
        Grid grid = setting.grids().get(name);
        MemorySegment src = simulated(node.sources().getFirst());
        switch (node) {
            case Node.Conv conv -> {
                layer(name, src, to, setting);
                tap.see(name, to);
                Epilogue epilogue = conv.epilogue();
                elements.finish(
                        to, epilogue.residual() == null ? null : simulated(epilogue.residual()), epilogue.relu(), grid);
            }
            case Node.InnerProduct _ -> {
                layer(name, src, to, setting);
                tap.see(name, to);
                elements.finish(to, null, false, grid);
            }
            case Node.Relu _ -> {
                to.copyFrom(src);
                elements.finish(to, null, true, grid);
            }
            case Node.Add add -> {
                to.copyFrom(src);
                elements.finish(to, simulated(add.rhs()), false, grid);
            }
            default -> {
                Objects.requireNonNull(bound.get(name)).run(stream, Map.of(Arg.SRC, src, Arg.DST, to));
                stream.await();
                elements.finish(to, null, false, grid);
            }
        }
    }

    private void layer(String name, MemorySegment src, MemorySegment to, Setting setting) {
        Packed packed = setting.weights().getOrDefault(name, network.weights(name));
        Objects.requireNonNull(bound.get(name))
                .run(stream, Map.of(Arg.SRC, src, Arg.WEIGHTS, packed.weights(), Arg.BIAS, packed.bias(), Arg.DST, to));
        stream.await();
    }

    /** Logits of the f32 run, [batch, classes]. */
    float[] referenceLogits() {
        return reference(network.logits()).toArray(ValueLayout.JAVA_FLOAT);
    }

    /** Logits of the last simulated run, [batch, classes]. */
    float[] simulatedLogits() {
        return simulated(network.logits()).toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public void close() {
        handles.close();
    }
}
