package dev.gatun.plan;

import dev.gatun.graph.Graph;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.FormatTag;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.plan.Buffer.Home;
import dev.gatun.spec.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The values of a plan in the making by name, each in the types that layers have needed it in so far. */
final class Values {
    private static final List<FormatTag> LAYOUTS =
            List.of(FormatTag.NHWC, FormatTag.NCHW, FormatTag.NCHW16C, FormatTag.NCHW8C);

    private final PlanBuilder plan;
    private final PlanRequest request;
    private final Graph graph;
    private final DataType type;
    private final boolean emulated;
    private final EightBit eightBit;
    private final Function<String, Shape> shapes;
    private final Map<String, List<Value>> byName = new HashMap<>();

    /**
     * @param type that values have which are not in 8 bits
     * @param emulated whether the plan computes in another type than was asked for
     * @param shapes of the values by name, for the images that steps work on
     */
    Values(
            PlanBuilder plan,
            PlanRequest request,
            Graph graph,
            DataType type,
            boolean emulated,
            EightBit eightBit,
            Function<String, Shape> shapes) {
        this.plan = plan;
        this.request = request;
        this.graph = graph;
        this.type = type;
        this.emulated = emulated;
        this.eightBit = eightBit;
        this.shapes = shapes;
    }

    /** Adds a value as its layer puts it out. */
    void put(String name, Value value) {
        byName.put(name, new ArrayList<>(List.of(value)));
    }

    /** A value as its layer puts it out. */
    Value get(String name) {
        return get(name, plan.plainDesc(type, shapes.apply(name)));
    }

    /** A value as its layer puts it out; if that is the images, in the layout {@code wanted} as far as that is plain. */
    Value get(String name, MemoryDesc wanted) {
        if (!byName.containsKey(name)) {
            if (!graph.input().name().equals(name)) {
                throw new IllegalStateException("no value of " + name + " has been planned");
            }
            put(name, request.input().pixels() ? normalized(name, wanted) : floats(name, wanted));
        }
        Value value = known(name).getFirst();
        if (value.layout() != null && !value.layout().isPlain()) {
            throw new IllegalStateException(name + " lies as only tiles can read it: " + value.layout());
        }
        return view(value);
    }

    /** A value as tiles have laid it out for the images that steps now work on, in 8 bits or not; null if they have not. */
    @Nullable
    Value laidOut(String name, boolean eightBit) {
        for (Value value : known(name)) {
            if (value.layout() != null && value.eightBit() == eightBit) {
                return view(value);
            }
        }
        return null;
    }

    private List<Value> known(String name) {
        return byName.getOrDefault(name, List.of());
    }

    /** A value not in 8 bits; if it is the images, in the layout {@code wanted} as far as that is plain. */
    Value floating(String name, MemoryDesc wanted) {
        Value value = get(name, wanted);
        return value.eightBit() ? converted(name, value, type, 1) : value;
    }

    /** A value not in 8 bits. */
    Value floating(String name) {
        return floating(name, plan.plainDesc(type, shapes.apply(name)));
    }

    /** A value in 8 bits, which has to have a scale. */
    Value eightBit(String name) {
        Value value = get(name);
        return value.eightBit() ? value : converted(name, value, eightBit.type(name), eightBit.scale(name));
    }

    private Value converted(String name, Value value, DataType wanted, float scale) {
        for (Value other : known(name)) {
            if (other.eightBit() != value.eightBit()) {
                return view(other);
            }
        }
        MemoryDesc desc =
                plan.desc(wanted, layout(value.desc()), Shape.of(value.desc().dims()));
        Value copy = plan.copy(name, value, plan.value(desc, scale));
        known(name).add(copy);
        return copy;
    }

    /** The same memory for the images that steps now work on, which can be more than when it was written. */
    private Value view(Value value) {
        long images = plan.images();
        if (value.desc().dim(0) == images) {
            return value;
        }
        long[] dims = value.desc().dims();
        long bytes = value.buffer().bytesOf(images);
        dims[0] = images;
        FormatTag tag = dims.length == 2 ? FormatTag.NC : layout(value.desc());
        MemoryDesc desc = plan.desc(value.desc().dataType(), tag, Shape.of(dims));
        if (value.buffer().home() == Home.ARENA) {
            value.buffer().require(Math.max(desc.size(), bytes), images);
        }
        return new Value(desc, value.buffer(), value.scale(), value.layout());
    }

    private static FormatTag layout(MemoryDesc desc) {
        return LAYOUTS.stream()
                .filter(desc::matches)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no name for the layout of " + desc));
    }

    private Value floats(String name, MemoryDesc wanted) {
        MemoryDesc desc = plan.desc(DataType.F32, tag(request.input().planar()), shapes.apply(name));
        long all = desc.size() / plan.images() * request.batch();
        Value caller = new Value(desc, new Buffer(Home.SRC, all, request.batch()));
        if (desc.sameAs(wanted) && !emulated) {
            return caller;
        }
        Value copy = plan.copy(name, caller, wanted);
        plan.round(name, copy);
        return copy;
    }

    private Value normalized(String name, MemoryDesc wanted) {
        float[][] tables = Objects.requireNonNull(request.normalization()).tables();
        if (tables.length != graph.input().channels()) {
            throw new IllegalArgumentException("pixels have " + tables.length + " channels, but " + name + " takes "
                    + graph.input().channels() + ": give it normalised values");
        }
        boolean channelsLast = wanted.matches(FormatTag.NHWC) || !wanted.matches(FormatTag.NCHW);
        Value value = plan.value(plan.desc(type, tag(!channelsLast), shapes.apply(name)));
        PixelNormalizer normalizer = new PixelNormalizer(
                tables,
                plan.images(),
                request.height() * request.width(),
                !request.input().planar(),
                channelsLast,
                type);
        plan.read(name, normalizer, value);
        return value;
    }

    private static FormatTag tag(boolean planar) {
        return planar ? FormatTag.NCHW : FormatTag.NHWC;
    }
}
