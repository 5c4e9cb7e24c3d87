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
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a model, found to fit it. Thread-safe and independent of the source, which may be closed. Values of a source that
 * {@linkplain WeightSource#stored() stays readable} are read and checked whenever they are asked for, and nothing is kept; others are read and
 * checked at once, and keep 4 bytes a parameter alive.
 */
public final class WeightSet {
    private final String origin;
    private final Map<String, Parameter> parameters;
    private final @Nullable StoredTensors stored;

    /** A parameter, the tensor of the source that stands for it, and its values unless they stay with the source. */
    private record Parameter(TensorSpec spec, TensorInfo tensor, Optional<Values> values) {}

    /** Values that are read, not written. */
    private static final class Values {
        private final float[] elements;

        Values(float[] elements) {
            this.elements = elements;
        }
    }

    private WeightSet(String origin, Map<String, Parameter> parameters, @Nullable StoredTensors stored) {
        this.origin = origin;
        this.parameters = parameters;
        this.stored = stored;
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
        Map<String, Parameter> parameters = new HashMap<>();
        for (TensorSpec spec : expected) {
            @Nullable TensorInfo info = found.remove(spec.name());
            if (info == null) {
                report(problems, Kind.MISSING, spec.name() + " " + spec.shape());
            } else if (!info.shape().equals(spec.shape())) {
                report(problems, Kind.SHAPE, info.name() + " " + info.shape() + " (expected " + spec.shape() + ")");
            } else if (!info.type().readable()) {
                report(problems, Kind.TYPE, info.name() + " " + info.type());
            } else if (stored != null) {
                parameters.put(spec.name(), new Parameter(spec, info, Optional.empty()));
            } else {
                float[] elements = source.read(info.name());
                checkValues(info, elements, spec.role(), problems);
                parameters.put(spec.name(), new Parameter(spec, info, Optional.of(new Values(elements))));
            }
        }
        found.values().forEach(info -> report(problems, Kind.EXTRA, info.toString()));
        if (!problems.isEmpty()) {
            throw new WeightMismatchException(source.origin(), problems);
        }
        return new WeightSet(source.origin(), parameters, stored);
    }

    /**
     * Checks that each of these is here and of its shape; reads no values.
     *
     * @throws IllegalArgumentException naming the first that is not
     */
    public void requireAll(List<TensorSpec> expected) {
        for (TensorSpec spec : expected) {
            @Nullable Parameter found = parameters.get(spec.name());
            if (found == null || !spec.shape().equals(found.spec.shape())) {
                throw new IllegalArgumentException("weights from " + origin + " have "
                        + (found == null ? "no " + spec.name() : spec.name() + " " + found.spec.shape())
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
        @Nullable Parameter parameter = parameters.get(expectedName);
        if (parameter == null) {
            throw new IllegalArgumentException("the model has no parameter '" + expectedName + "'");
        }
        if (parameter.values.isPresent()) {
            return parameter.values.get().elements;
        }
        float[] elements = Objects.requireNonNull(stored).read(parameter.tensor.name());
        Map<Kind, List<String>> problems = new EnumMap<>(Kind.class);
        checkValues(parameter.tensor, elements, parameter.spec.role(), problems);
        if (!problems.isEmpty()) {
            throw new WeightMismatchException(origin, problems);
        }
        return elements;
    }

    /** What no other values have, such as a hash of their file; empty if that cannot be told. May take as long as reading them all. */
    public Optional<String> contentId() {
        return stored == null ? Optional.empty() : stored.contentId();
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
            TensorInfo info, float[] elements, TensorSpec.Role role, Map<Kind, List<String>> problems) {
        int nonFinite = 0;
        int negative = 0;
        for (float element : elements) {
            nonFinite += Float.isFinite(element) ? 0 : 1;
            negative += element < 0 ? 1 : 0;
        }
        if (nonFinite > 0) {
            report(problems, Kind.NON_FINITE, info.name() + " (" + nonFinite + " of " + elements.length + ")");
        }
        if (negative > 0 && role == TensorSpec.Role.BN_VARIANCE) {
            report(problems, Kind.NEGATIVE_VARIANCE, info.name() + " (" + negative + " of " + elements.length + ")");
        }
    }

    private static void report(Map<Kind, List<String>> problems, Kind kind, String tensor) {
        problems.computeIfAbsent(kind, k -> new ArrayList<>()).add(tensor);
    }
}
