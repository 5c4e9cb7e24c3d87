package dev.gatun.weights;

import dev.gatun.spec.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle can hold beside strings, {@link Long}s, {@link java.math.BigInteger}s, {@link Double}s and
 * {@link Boolean}s. Containers may hold themselves: they are compared by identity and never printed.
 */
sealed interface Pickled {
    /** Python's None. */
    enum None implements Pickled {
        /** The only value. */
        NONE
    }

    /** A value that was read and is of no interest, such as a dtype or a set. */
    enum Opaque implements Pickled {
        /** The only value. */
        OPAQUE
    }

    /** A tuple. */
    final class Tuple implements Pickled {
        private final List<Object> items;

        Tuple(List<Object> items) {
            this.items = List.copyOf(items);
        }

        List<Object> items() {
            return items;
        }
    }

    /** A list. */
    final class Sequence implements Pickled {
        private final List<Object> items = new ArrayList<>();

        List<Object> items() {
            return items;
        }
    }

    /** A dict of any kind; keys are strings, numbers and booleans. */
    final class Dict implements Pickled {
        private final Map<Object, Object> entries = new LinkedHashMap<>();

        /** Adds keys and values by turns. */
        void putAll(List<Object> keysAndValues) {
            if (keysAndValues.size() % 2 != 0) {
                throw new IllegalArgumentException("a dict entry has a key and no value");
            }
            for (int i = 0; i < keysAndValues.size(); i += 2) {
                Object key = keysAndValues.get(i);
                if (!(key instanceof String
                        || key instanceof Long
                        || key instanceof Double
                        || key instanceof Boolean)) {
                    throw new IllegalArgumentException(
                            "a dict key is a " + key.getClass().getSimpleName() + ", expected a string or a number");
                }
                if (entries.put(key, keysAndValues.get(i + 1)) != null) {
                    throw new IllegalArgumentException("a dict has the key '" + key + "' twice");
                }
            }
        }

        Map<Object, Object> entries() {
            return entries;
        }
    }

    /** The type of a storage, such as {@code torch.FloatStorage}. */
    record StorageType(ElementType type) implements Pickled {}

    /**
     * A storage, whose data lies outside the pickle.
     *
     * @param key that leads to the data
     * @param elements in the whole of the data
     * @param first element of the data that this storage has
     * @param count of elements that this storage has
     */
    record Storage(ElementType type, String key, long elements, long first, long count) implements Pickled {}

    /**
     * A tensor over a storage. Its bounds have been checked.
     *
     * @param offset of its first element in the storage
     * @param strides in elements
     */
    record Tensor(Storage storage, long offset, Shape shape, List<Long> strides) implements Pickled {}

    /** Something that may be called: one of the fixed list in {@link TorchGlobals}. */
    non-sealed interface Callable extends Pickled {
        Object call(List<Object> args);
    }
}
