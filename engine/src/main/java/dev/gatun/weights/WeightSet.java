package dev.gatun.weights;

import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.weights.WeightMismatchException.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a model, read and found right. Thread-safe and independent of the source, which may be closed; keeps
 * 4 bytes a parameter alive as long as it lives.
 */
public final class WeightSet {
    private final String origin;
    private final Map<String, Shape> shapes;
    private final Map<String, float[]> values;

    private WeightSet(String origin, List<TensorSpec> checked, Map<String, float[]> values) {
        this.origin = origin;
        this.shapes = new HashMap<>();
        checked.forEach(spec -> shapes.put(spec.name(), spec.shape()));
        this.values = values;
    }

    /**
     * Reads all that is expected. The values are those that were checked, whatever happens to the file later.
     *
     * @param source is read, not closed
     * @param expected what the model needs
     * @param mapping from the names of the source to those of {@code expected}
     * @throws WeightMismatchException if any tensor is missing, extra, ambiguous, of another shape or an unreadable type,
     *     not finite, or a negative variance
     */
    public static WeightSet check(WeightSource source, List<TensorSpec> expected, NameMapping mapping) {
        Map<Kind, List<String>> problems = new EnumMap<>(Kind.class);
        Map<String, TensorInfo> found = byModelName(source, mapping, problems);
        Map<String, float[]> values = new HashMap<>();
        for (TensorSpec spec : expected) {
            @Nullable TensorInfo info = found.remove(spec.name());
            if (info == null) {
                report(problems, Kind.MISSING, spec.name() + " " + spec.shape());
            } else if (!info.shape().equals(spec.shape())) {
                report(problems, Kind.SHAPE, info.name() + " " + info.shape() + " (expected " + spec.shape() + ")");
            } else if (!info.type().readable()) {
                report(problems, Kind.TYPE, info.name() + " " + info.type());
            } else {
                float[] elements = source.read(info.name());
                checkValues(info, elements, spec.role(), problems);
                values.put(spec.name(), elements);
            }
        }
        found.values().forEach(info -> report(problems, Kind.EXTRA, info.toString()));
        if (!problems.isEmpty()) {
            throw new WeightMismatchException(source.origin(), problems);
        }
        return new WeightSet(source.origin(), expected, values);
    }

    /** Where the parameters came from. */
    public String origin() {
        return origin;
    }

    /**
     * The elements of a parameter, row-major. The array is this set's own: read it, do not write to it.
     *
     * @param expectedName as in the spec
     * @throws IllegalArgumentException if the spec had no such parameter
     */
    public float[] get(String expectedName) {
        float @Nullable [] elements = values.get(expectedName);
        if (elements == null) {
            throw new IllegalArgumentException("the model has no parameter '" + expectedName + "'");
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
            Shape found = shapes.get(spec.name());
            if (!spec.shape().equals(found)) {
                throw new IllegalArgumentException("weights from " + origin + " have "
                        + (found == null ? "no " + spec.name() : spec.name() + " " + found) + ", expected shape "
                        + spec.shape());
            }
        }
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
