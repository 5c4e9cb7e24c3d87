package dev.gatun.plan;

import dev.gatun.onednn.Arg;
import dev.gatun.onednn.Attr;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.Engine;
import dev.gatun.onednn.FormatTag;
import dev.gatun.onednn.Handle;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.NativeStack;
import dev.gatun.onednn.PostOps;
import dev.gatun.onednn.PrimitiveDesc;
import dev.gatun.plan.Buffer.Home;
import dev.gatun.spec.Precision;
import dev.gatun.spec.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The steps, buffers and weights of a plan in the making, and the handles it will own. One thread. */
final class PlanBuilder {
    private final Engine engine;
    private final NativeStack handles;
    private final @Nullable Rounding rounding;
    private final WeightPacker packer;
    private final List<Step> steps = new ArrayList<>();
    private final List<Buffer> buffers = new ArrayList<>();
    private long scratchpadBytes;

    PlanBuilder(Engine engine, NativeStack handles, WeightPacker packer, @Nullable Rounding rounding) {
        this.engine = engine;
        this.handles = handles;
        this.packer = packer;
        this.rounding = rounding;
    }

    Engine engine() {
        return engine;
    }

    WeightPacker packer() {
        return packer;
    }

    List<Step> steps() {
        return steps;
    }

    long scratchpadBytes() {
        return scratchpadBytes;
    }

    /** Places all buffers and returns the size of a session's arena in bytes, without its scratchpad. */
    long placeBuffers() {
        return ArenaPlanner.place(buffers);
    }

    /** Makes the plan own {@code handle}. */
    <T extends Handle> T own(T handle) {
        return handles.push(handle);
    }

    MemoryDesc desc(DataType type, FormatTag tag, Shape shape) {
        return own(MemoryDesc.of(type, tag, shape.toArray()));
    }

    Attr attr(PostOps.Builder postOps) {
        return own(Attr.builder().postOps(postOps.build()).build());
    }

    Attr plainAttr() {
        return own(Attr.builder().build());
    }

    Buffer arena(long bytes) {
        Buffer buffer = new Buffer(Home.ARENA, bytes);
        buffers.add(buffer);
        return buffer;
    }

    Value value(MemoryDesc desc) {
        return new Value(desc, arena(desc.size()));
    }

    /** Arguments of one primitive. */
    static final class Arguments {
        private final List<Step.Argument> list = new ArrayList<>();

        Arguments buffer(int arg, MemoryDesc desc, Value value) {
            list.add(new Step.Argument(arg, desc, new Operand.InBuffer(value.buffer())));
            return this;
        }

        Arguments value(int arg, Value value) {
            return buffer(arg, value.desc(), value);
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
        for (Step.Argument argument : list) {
            if (argument.operand() instanceof Operand.InBuffer(Buffer buffer)) {
                buffer.usedBy(steps.size());
            }
        }
        steps.add(new Step.Execute(name, desc.implInfo(), own(desc.create()), List.copyOf(list)));
        if (dst != null) {
            round(name, dst);
        }
    }

    /** {@code src} in the layout and type of {@code desc}: itself where it has them, else a copy. */
    Value reorder(String name, Value src, MemoryDesc desc) {
        return src.desc().sameAs(desc) ? src : copy(name, src, desc);
    }

    /** A copy of {@code src} in the layout and type of {@code desc}. */
    Value copy(String name, Value src, MemoryDesc desc) {
        return copy(name, src, value(desc));
    }

    Value copy(String name, Value src, Value dst) {
        PrimitiveDesc reorder = own(PrimitiveDesc.reorder(engine, src.desc(), dst.desc(), plainAttr()));
        execute("reorder:" + name, reorder, new Arguments().value(Arg.SRC, src).value(Arg.DST, dst), null);
        return dst;
    }

    void normalize(String name, PixelNormalizer normalizer, Value dst) {
        dst.buffer().usedBy(steps.size());
        steps.add(new Step.Normalize(name, normalizer, dst.buffer()));
        round(name, dst);
    }

    /** Rounds {@code value} in place where a precision is emulated. */
    void round(String name, Value value) {
        if (rounding != null && value.buffer().home() == Home.ARENA) {
            value.buffer().usedBy(steps.size());
            long count = value.desc().size() / Precision.F32.bytes();
            steps.add(new Step.Round(name, rounding, value.buffer(), count));
        }
    }
}
