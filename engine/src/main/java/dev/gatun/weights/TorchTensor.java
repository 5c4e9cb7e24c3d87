package dev.gatun.weights;

import dev.gatun.spec.Shape;
import dev.gatun.weights.Pickled.Storage;
import dev.gatun.weights.Pickled.StorageType;
import dev.gatun.weights.Pickled.Tuple;
import java.util.ArrayList;
import java.util.List;

/** Checked construction of storages and of the tensors that view them. */
final class TorchTensor {
    /** No parameter of a network has more axes than this; torch itself allows 64. */
    static final int MAX_RANK = 16;

    private TorchTensor() {}

    /**
     * The storage of a persistent id: {@code ('storage', type, key, location, elements)}, in the legacy format followed
     * by None or by the {@code (key, offset, elements)} of a part. The location (a device) does not matter.
     *
     * @throws IllegalArgumentException if the id is of another form or describes no possible storage
     */
    static Storage storage(List<Object> id) {
        if (id.isEmpty() || !"storage".equals(id.getFirst()) || id.size() > 6) {
            throw new IllegalArgumentException("a persistent id that is not a torch storage");
        }
        ElementType type = TorchGlobals.argument(id, 1, StorageType.class).type();
        String key = TorchGlobals.argument(id, 2, String.class);
        long elements = natural(TorchGlobals.argument(id, 4, Long.class), "elements of a storage");
        Math.multiplyExact(elements, type.bytes());
        if (id.size() == 6 && id.get(5) instanceof Tuple part) {
            long first = natural(TorchGlobals.argument(part.items(), 1, Long.class), "offset of a storage");
            long count = natural(TorchGlobals.argument(part.items(), 2, Long.class), "elements of a storage");
            if (first > elements || count > elements - first) {
                throw new IllegalArgumentException(
                        "a part of " + count + " elements from " + first + " of a storage that has " + elements);
            }
            return new Storage(type, key, elements, first, count);
        }
        return new Storage(type, key, elements, 0, elements);
    }

    /**
     * A tensor over a storage.
     *
     * @throws IllegalArgumentException if it reaches outside the storage, or has more elements than the storage
     */
    static Pickled.Tensor view(Storage storage, long offset, List<Object> size, List<Object> stride) {
        if (size.size() != stride.size() || size.size() > MAX_RANK) {
            throw new IllegalArgumentException("a tensor of " + size.size() + " extents and " + stride.size()
                    + " strides, expected as many of both and at most " + MAX_RANK);
        }
        List<Long> dims = new ArrayList<>(size.size());
        List<Long> strides = new ArrayList<>(size.size());
        for (int axis = 0; axis < size.size(); axis++) {
            dims.add(natural(TorchGlobals.argument(size, axis, Long.class), "extent of a tensor"));
            strides.add(natural(TorchGlobals.argument(stride, axis, Long.class), "stride of a tensor"));
        }
        Shape shape = new Shape(dims);
        long span = RawTensor.span(shape, strides);
        natural(offset, "offset of a tensor");
        if (offset > storage.count() || span > storage.count() - offset || shape.elements() > storage.count()) {
            throw new IllegalArgumentException("a tensor of shape " + shape + " and offset " + offset
                    + " does not fit its storage of " + storage.count() + " elements");
        }
        return new Pickled.Tensor(storage, offset, shape, strides);
    }

    private static long natural(long value, String what) {
        if (value < 0) {
            throw new IllegalArgumentException(what + " is " + value);
        }
        return value;
    }
}
