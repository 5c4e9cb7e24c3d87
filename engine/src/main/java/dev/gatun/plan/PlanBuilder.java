package dev.gatun.plan;

import dev.gatun.onednn.Arg;
import dev.gatun.onednn.Attr;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.Engine;
import dev.gatun.onednn.FormatTag;
import dev.gatun.onednn.Handle;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.Primitive;
import dev.gatun.onednn.PrimitiveDesc;
import dev.gatun.plan.Buffer.Home;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Shape;
import dev.gatun.tiles.PixelLayout;
import dev.gatun.tiles.TilePacking;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The steps, buffers and weights of a plan in the making, and the handles it will own. One thread. */
final class PlanBuilder {
    private final Engine engine;
    private final Handles handles;
    private final @Nullable Rounding rounding;
    private final WeightPacker packer;
    private final Tuner tuner;
    private final List<Section> sections = new ArrayList<>();
    private final List<Buffer> buffers = new ArrayList<>();
    private final Map<IntBuffer, Offsets> tables = new HashMap<>();
    private final Arena memory;
    private final Buffer nowhere = new Buffer(Home.ARENA, 0, 1);
    private long scratchpadBytes;
    private int tunedLayers;

    /** Steps that follow each other on the same number of images. */
    private record Section(long images, List<Step> steps) {}

    PlanBuilder(Engine engine, NativeStack handles, WeightPacker packer, Tuner tuner, @Nullable Rounding rounding) {
        this.engine = engine;
        this.handles = new Handles(handles);
        this.packer = packer;
        this.tuner = tuner;
        this.rounding = rounding;
        this.memory = handles.push(Arena.ofShared());
        buffers.add(nowhere);
    }

    Engine engine() {
        return engine;
    }

    WeightPacker packer() {
        return packer;
    }

    Tuner tuner() {
        return tuner;
    }

    /** A layer has the implementation that was measured to be the fastest. */
    void countTuned() {
        tunedLayers++;
    }

    int tunedLayers() {
        return tunedLayers;
    }

    long scratchpadBytes() {
        return scratchpadBytes;
    }

    /**
     * Lets the steps to come work on this many images at once.
     *
     * @param images a multiple of those of the steps before
     */
    void section(long images) {
        if (sections.isEmpty() || images() != images) {
            sections.add(new Section(images, new ArrayList<>()));
        }
    }

    /** Images that steps work on at once. */
    long images() {
        return sections.getLast().images();
    }

    /** The steps of a run over this many images: depth first, so that values are read again while they are near. */
    List<Step> steps(long batch) {
        List<Step> steps = new ArrayList<>();
        for (long i = 0; i < batch / images(); i++) {
            unroll(sections.size() - 1, i, steps);
        }
        for (int i = 0; i < steps.size(); i++) {
            int at = i;
            steps.get(i).buffers(buffer -> buffer.usedBy(at));
        }
        return steps;
    }

    private void unroll(int index, long turn, List<Step> steps) {
        Section section = sections.get(index);
        if (index > 0) {
            long turns = section.images() / sections.get(index - 1).images();
            for (long i = 0; i < turns; i++) {
                unroll(index - 1, turn * turns + i, steps);
            }
        }
        for (Step step : section.steps()) {
            steps.add(step.at(turn * section.images(), section.images()));
        }
    }

    /** Places all buffers and returns the size of a session's arena in bytes, without its scratchpad. */
    long placeBuffers() {
        return ArenaPlanner.place(buffers);
    }

    Handles handles() {
        return handles;
    }

    /** Makes the plan own {@code handle}. */
    <T extends Handle> T own(T handle) {
        return handles.own(handle);
    }

    MemoryDesc desc(DataType type, FormatTag tag, Shape shape) {
        return handles.once(MemoryDesc.class, () -> MemoryDesc.of(type, tag, shape.toArray()), type, tag, shape);
    }

    /** Row-major: pixels or rows. */
    MemoryDesc plainDesc(DataType type, Shape shape) {
        return desc(type, shape.rank() == 2 ? FormatTag.NC : FormatTag.NCHW, shape);
    }

    Attr plainAttr() {
        return handles.once(Attr.class, () -> Attr.builder().build());
    }

    Value value(MemoryDesc desc) {
        return value(desc, 1);
    }

    Value value(MemoryDesc desc, float scale) {
        Buffer buffer = new Buffer(Home.ARENA, desc.size(), images());
        buffers.add(buffer);
        return new Value(desc, buffer, scale);
    }

    /** A value whose pixels tiles lay out; NHWC if they do so plainly. */
    Value value(MemoryDesc desc, float scale, PixelLayout layout) {
        if (layout.isPlain()) {
            Value plain = value(desc, scale);
            return new Value(desc, plain.buffer(), scale, layout);
        }
        long bytes =
                desc.dim(0) * layout.pixels() * desc.dim(1) * desc.dataType().size();
        Buffer buffer = new Buffer(Home.ARENA, bytes, images());
        buffers.add(buffer);
        return new Value(desc, buffer, scale, layout);
    }

    /** A table for all sessions to read. */
    Offsets offsets(int[] numbers) {
        return numbers.length == 0
                ? Offsets.NONE
                : tables.computeIfAbsent(IntBuffer.wrap(numbers), _ -> {
                    MemorySegment data = memory.allocate((long) numbers.length * Integer.BYTES, ArenaPlanner.ALIGNMENT);
                    MemorySegment.copy(numbers, 0, data, ValueLayout.JAVA_INT, 0, numbers.length);
                    return new Offsets(data, numbers.length);
                });
    }

    /** Appends work on tiles. */
    void tiles(String name, TileWork work, Value src, @Nullable Value second, Value dst, @Nullable Value residual) {
        nowhere.require(dst.desc().dim(1) * dst.desc().dataType().size(), 1);
        add(new Step.Tiles(
                name,
                work,
                new Operand.InBuffer(src.buffer(), 0),
                second == null ? null : new Operand.InBuffer(second.buffer(), 0),
                new Operand.InBuffer(dst.buffer(), 0),
                residual == null ? null : new Operand.InBuffer(residual.buffer(), 0),
                nowhere));
    }

    /** Appends a convolution by minimal filtering. */
    void winograd(String name, WinogradWork work, Value src, Value dst, @Nullable Value residual, int threads) {
        nowhere.require(dst.desc().dim(1) * dst.desc().dataType().size(), 1);
        Buffer space = new Buffer(Home.ARENA, work.spaceBytes() * threads, 1);
        buffers.add(space);
        add(new Step.Filter(
                name,
                work,
                new Operand.InBuffer(src.buffer(), 0),
                new Operand.InBuffer(dst.buffer(), 0),
                residual == null ? null : new Operand.InBuffer(residual.buffer(), 0),
                space,
                nowhere));
    }

    /** Arguments of one primitive. */
    static final class Arguments {
        private final List<Step.Argument> list = new ArrayList<>();

        Arguments value(int arg, Value value) {
            list.add(new Step.Argument(arg, value.desc(), new Operand.InBuffer(value.buffer(), 0)));
            return this;
        }

        Arguments constant(int arg, PackedTensor packed) {
            list.add(new Step.Argument(arg, packed.desc(), new Operand.Constant(packed.data())));
            return this;
        }
    }

    /** Appends a primitive; its results are rounded where a precision is emulated and {@code dst} is not null. */
    void execute(String name, PrimitiveDesc desc, Arguments arguments, @Nullable Value dst) {
        MemoryDesc scratchpad = desc.scratchpad();
        List<Step.Argument> list = new ArrayList<>(arguments.list);
        if (scratchpad.size() > 0) {
            scratchpadBytes = Math.max(scratchpadBytes, scratchpad.size());
            list.add(new Step.Argument(Arg.SCRATCHPAD, scratchpad, new Operand.Scratchpad()));
        }
        Primitive primitive = handles.once(Primitive.class, desc::create, desc);
        add(new Step.Execute(name, desc.implInfo(), primitive, List.copyOf(list)));
        if (dst != null) {
            round(name, dst);
        }
    }

    /** {@code src} in the layout and type of {@code desc}: itself where it has them, else a copy. */
    Value reorder(String name, Value src, MemoryDesc desc) {
        return src.desc().sameAs(desc) ? src : copy(name, src, desc);
    }

    /** A copy of {@code src} in the layout and type of {@code desc}, at the same scale. */
    Value copy(String name, Value src, MemoryDesc desc) {
        return copy(name, src, value(desc, src.scale()));
    }

    /** Copies what {@code src} means; both may have scales. */
    Value copy(String name, Value src, Value dst) {
        float factor = src.scale() / dst.scale();
        boolean scaled = factor != 1;
        Attr attr = scaled
                ? handles.once(
                        Attr.class, () -> Attr.builder().scales(Arg.SRC, 0).build(), Arg.SRC)
                : plainAttr();
        PrimitiveDesc reorder = handles.once(
                PrimitiveDesc.class,
                () -> PrimitiveDesc.reorder(engine, src.desc(), dst.desc(), attr),
                src.desc(),
                dst.desc(),
                attr);
        Arguments arguments = new Arguments().value(Arg.SRC, src).value(Arg.DST, dst);
        if (scaled) {
            arguments.constant(Arg.attrScales(Arg.SRC), scales(name, 1, () -> new float[] {factor}));
        }
        execute("reorder:" + name, reorder, arguments, null);
        return dst;
    }

    /** Weights as tiles multiply them: {@code filling} is given zeroed memory for all of them. */
    PackedTensor weights(String name, TilePacking packing, DataType type, Consumer<MemorySegment> filling) {
        MemoryDesc desc =
                desc(type, FormatTag.NC, Shape.of(packing.panels(), packing.bytes() / packing.panels() / type.size()));
        return packer.filled(name + ".tiles", desc, filling);
    }

    /**
     * Scales of a node as an argument.
     *
     * @param scales not asked for if they are cached
     */
    PackedTensor scales(String name, int count, Supplier<float[]> scales) {
        return packer.floats(name + ".scales", scales, desc(DataType.F32, FormatTag.X, Shape.of(count)));
    }

    void read(String name, PixelReader reader, Value dst) {
        add(new Step.ReadPixels(name, reader, 0, dst.buffer(), 0));
        round(name, dst);
    }

    /** Rounds {@code value} in place where a precision is emulated. */
    void round(String name, Value value) {
        if (rounding != null && value.buffer().home() == Home.ARENA) {
            long count = value.desc().size() / Precision.F32.bytes();
            add(new Step.Round(name, rounding, value.buffer(), 0, count));
        }
    }

    private void add(Step step) {
        sections.getLast().steps().add(step);
    }
}
