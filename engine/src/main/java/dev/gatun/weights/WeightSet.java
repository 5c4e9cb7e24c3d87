package dev.gatun.weights;

import dev.gatun.spec.TensorSpec;
import dev.gatun.weights.WeightMismatchException.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a model, found to fit it. Thread-safe and independent of the source, which may be closed. Values of a source that
 * {@linkplain WeightSource#stored() stays readable} are read and checked whenever they are asked for, and nothing is kept; others are read and
 * checked at once, and keep 4 bytes a parameter alive.
 */
public final class WeightSet {
    private final String origin;
    private final Map<String, TensorSpec> specs = new HashMap<>();
    private final Function<TensorSpec, float[]> values;
    private final Supplier<Optional<String>> contentId;

    private WeightSet(
            String origin,
            List<TensorSpec> checked,
            Function<TensorSpec, float[]> values,
            Supplier<Optional<String>> contentId) {
        this.origin = origin;
        checked.forEach(spec -> specs.put(spec.name(), spec));
        this.values = values;
        this.contentId = contentId;
    }

    /**
     * Parameters that have been checked already, and are made when they are asked for.
     *
     * @param origin where they came from
     * @param checked all that there are
     * @param values gives those of each, row-major
     * @param contentId see {@link #contentId()}
     */
    public static WeightSet of(
            String origin,
            List<TensorSpec> checked,
            Function<String, float[]> values,
            Supplier<Optional<String>> contentId) {
        return new WeightSet(origin, checked, spec -> values.apply(spec.name()), contentId);
    }

    /**
     * Parameters that stay readable under their own names, whose shapes and types have been checked already.
     *
     * @param origin where they came from
     * @param checked all that there are
     * @param stored has a readable tensor of the name and shape of each
     */
    public static WeightSet of(String origin, List<TensorSpec> checked, StoredTensors stored) {
        return new WeightSet(origin, checked, spec -> readAgain(origin, stored, spec.name(), spec), stored::contentId);
    }

    /** The same values, of which {@link #contentId()} tells nothing. */
    public WeightSet withoutContentId() {
        return new WeightSet(origin, List.copyOf(specs.values()), values, Optional::empty);
    }

    /**
     * Checks that a source has all that is expected and nothing else.
     *
     * @param source is read, not closed
     * @param expected what the model needs
     * @param mapping from the names of the source to those of {@code expected}
     * @throws WeightMismatchException if any tensor is missing, extra, ambiguous, of another shape or an unreadable type, and of those
     *     that are read at once also if any is not finite, or a negative variance
     */
    public static WeightSet check(WeightSource source, List<TensorSpec> expected, NameMapping mapping) {
        @Nullable StoredTensors stored = source.stored().orElse(null);
        Map<Kind, List<String>> problems = new EnumMap<>(Kind.class);
        Map<String, TensorInfo> found = byModelName(source, mapping, problems);
        Map<String, String> names = new HashMap<>();
        Map<String, float[]> read = new HashMap<>();
        for (TensorSpec spec : expected) {
            @Nullable TensorInfo info = found.remove(spec.name());
            if (info == null) {
                report(problems, Kind.MISSING, spec.name() + " " + spec.shape());
            } else if (!info.shape().equals(spec.shape())) {
                report(problems, Kind.SHAPE, info.name() + " " + info.shape() + " (expected " + spec.shape() + ")");
            } else if (!info.type().readable()) {
                report(problems, Kind.TYPE, info.name() + " " + info.type());
            } else if (stored != null) {
                names.put(spec.name(), info.name());
            } else {
                float[] elements = source.read(info.name());
                checkValues(info.name(), elements, spec.role(), problems);
                read.put(spec.name(), elements);
            }
        }
        found.values().forEach(info -> report(problems, Kind.EXTRA, info.toString()));
        if (!problems.isEmpty()) {
            throw new WeightMismatchException(source.origin(), problems);
        }
        String origin = source.origin();
        return stored == null
                ? new WeightSet(origin, expected, spec -> known(read, spec), Optional::empty)
                : new WeightSet(
                        origin,
                        expected,
                        spec -> readAgain(origin, stored, known(names, spec), spec),
                        stored::contentId);
    }

    private static <T> T known(Map<String, T> found, TensorSpec spec) {
        return Objects.requireNonNull(found.get(spec.name()));
    }

    private static float[] readAgain(String origin, StoredTensors stored, String name, TensorSpec spec) {
        float[] elements = stored.read(name);
        Map<Kind, List<String>> problems = new EnumMap<>(Kind.class);
        checkValues(name, elements, spec.role(), problems);
        if (!problems.isEmpty()) {
            throw new WeightMismatchException(origin, problems);
        }
        return elements;
    }

    /**
     * Checks that each of these is here and of its shape; reads no values.
     *
     * @throws IllegalArgumentException naming the first that is not
     */
    public void requireAll(List<TensorSpec> expected) {
        for (TensorSpec spec : expected) {
            @Nullable TensorSpec found = specs.get(spec.name());
            if (found == null || !spec.shape().equals(found.shape())) {
                throw new IllegalArgumentException("weights from " + origin + " have "
                        + (found == null ? "no " + spec.name() : spec.name() + " " + found.shape())
                        + ", expected shape " + spec.shape());
            }
        }
    }

    /** Where the parameters came from. */
    public String origin() {
        return origin;
    }

    /**
     * The elements of a parameter, row-major. The array may be this set's own: read it, do not write to it.
     *
     * @param expectedName as in the spec
     * @throws IllegalArgumentException if the spec had no such parameter
     * @throws WeightMismatchException if it is not finite, or a negative variance
     * @throws WeightFormatException if its file has changed since it was opened
     * @throws java.io.UncheckedIOException if its file cannot be read any more
     */
    public float[] get(String expectedName) {
        @Nullable TensorSpec spec = specs.get(expectedName);
        if (spec == null) {
            throw new IllegalArgumentException("the model has no parameter '" + expectedName + "'");
        }
        return values.apply(spec);
    }

    /** What no other values have, such as a hash of their file; empty if that cannot be told. May take as long as reading them all. */
    public Optional<String> contentId() {
        return contentId.get();
    }

    private static Map<String, TensorInfo> byModelName(
            WeightSource source, NameMapping mapping, Map<Kind, List<String>> problems) {
        Map<String, TensorInfo> found = new LinkedHashMap<>();
        for (TensorInfo info : source.tensors().values()) {
            String name = mapping.map(info.name());
            if (mapping.ignores(name)) {
                continue;
            }
            @Nullable TensorInfo other = found.putIfAbsent(name, info);
            if (other != null) {
                report(problems, Kind.AMBIGUOUS, name + " (" + other.name() + " and " + info.name() + ")");
            }
        }
        return found;
    }

    private static void checkValues(
            String name, float[] elements, TensorSpec.Role role, Map<Kind, List<String>> problems) {
        int nonFinite = 0;
        int negative = 0;
        for (float element : elements) {
            nonFinite += Float.isFinite(element) ? 0 : 1;
            negative += element < 0 ? 1 : 0;
        }
        if (nonFinite > 0) {
            report(problems, Kind.NON_FINITE, name + " (" + nonFinite + " of " + elements.length + ")");
        }
        if (negative > 0 && role == TensorSpec.Role.BN_VARIANCE) {
            report(problems, Kind.NEGATIVE_VARIANCE, name + " (" + negative + " of " + elements.length + ")");
        }
    }

    private static void report(Map<Kind, List<String>> problems, Kind kind, String tensor) {
        problems.computeIfAbsent(kind, k -> new ArrayList<>()).add(tensor);
    }
}
