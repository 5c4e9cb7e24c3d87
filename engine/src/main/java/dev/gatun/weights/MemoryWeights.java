package dev.gatun.weights;

import dev.gatun.spec.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** F32 tensors in memory. Immutable and thread-safe once built; has nothing to close. */
public final class MemoryWeights implements WeightSource {
    private final String origin;
    private final Map<String, String> metadata;
    private final Map<String, TensorInfo> tensors;
    private final Map<String, float[]> values;

    private MemoryWeights(
            String origin, Map<String, String> metadata, Map<String, TensorInfo> tensors, Map<String, float[]> values) {
        this.origin = origin;
        this.metadata = metadata;
        this.tensors = tensors;
        this.values = values;
    }

    /** Collects tensors that messages say came from {@code origin}. */
    public static Builder builder(String origin) {
        return new Builder(origin);
    }

    /** Collects tensors in order; of one thread. */
    public static final class Builder {
        private final String origin;
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        private final Map<String, float[]> values = new LinkedHashMap<>();

        private Builder(String origin) {
            this.origin = origin;
        }

        /** Adds a row-major tensor, copying it. */
        public Builder tensor(String name, Shape shape, float... elements) {
            if (shape.elements() != elements.length) {
                throw new IllegalArgumentException(
                        "tensor '" + name + "' of shape " + shape + " has " + elements.length + " elements");
            }
            if (tensors.putIfAbsent(name, new TensorInfo(name, ElementType.F32, shape)) != null) {
                throw new IllegalArgumentException("tensor '" + name + "' is there already");
            }
            values.put(name, elements.clone());
            return this;
        }

        /** Adds an entry of {@link WeightSource#metadata()}. */
        public Builder metadata(String key, String value) {
            metadata.put(key, value);
            return this;
        }

        /** The tensors so far. */
        public MemoryWeights build() {
            return new MemoryWeights(
                    origin,
                    Collections.unmodifiableMap(new LinkedHashMap<>(metadata)),
                    Collections.unmodifiableMap(new LinkedHashMap<>(tensors)),
                    Map.copyOf(values));
        }
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public String container() {
        return "memory";
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return tensors;
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public float[] read(String name) {
        return Objects.requireNonNull(values.get(tensor(name).name())).clone();
    }

    @Override
    public void close() {}
}
