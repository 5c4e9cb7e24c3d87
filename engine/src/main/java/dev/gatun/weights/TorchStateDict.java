package dev.gatun.weights;

import dev.gatun.weights.Pickled.Dict;
import dev.gatun.weights.Pickled.Storage;
import dev.gatun.weights.Pickled.Tensor;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds the parameters in what a checkpoint's pickle gave, and where they lie. */
final class TorchStateDict {
    /**
     * Under what training programs file the parameters beside epoch, optimiser and scores; the first that holds a tensor
     * is taken. They are looked for before the top level, which may hold a tensor too (a best accuracy).
     */
    private static final List<String> NESTED = List.of("state_dict", "model_state_dict", "model", "net");

    private static final int MAX_NESTING = 2;
    private static final int KEYS_SHOWN = 10;

    /** Data of one storage in the file. */
    record Extent(long position, long bytes) {}

    /** Finds the data of a storage. */
    @FunctionalInterface
    interface Locator {
        Extent locate(Storage storage);
    }

    private TorchStateDict() {}

    /** The tensors of the state dict in {@code root}; the result owns the file. */
    static FileWeights open(String container, FileBytes file, Object root, Locator locator, ByteOrder order) {
        List<RawTensor> tensors = new ArrayList<>();
        find(file, root, 0).entries().forEach((key, value) -> {
            if (key instanceof String name && value instanceof Tensor tensor) {
                tensors.add(place(file, name, tensor, locator, order));
            }
        });
        return new FileWeights(container, file, Map.of(), tensors);
    }

    private static Dict find(FileBytes file, Object root, int nesting) {
        if (!(root instanceof Dict dict)) {
            throw file.malformed("holds a " + root.getClass().getSimpleName() + ", expected a dict of tensors");
        }
        for (String key : NESTED) {
            if (dict.entries().get(key) instanceof Dict nested
                    && nesting < MAX_NESTING
                    && hasTensors(nested, nesting)) {
                return find(file, nested, nesting + 1);
            }
        }
        if (!hasTensors(dict, MAX_NESTING)) {
            throw file.malformed("holds no tensors; its keys are "
                    + dict.entries().keySet().stream().limit(KEYS_SHOWN).toList());
        }
        return dict;
    }

    private static boolean hasTensors(Dict dict, int nesting) {
        return dict.entries().values().stream().anyMatch(Tensor.class::isInstance)
                || (nesting < MAX_NESTING
                        && NESTED.stream()
                                .anyMatch(key -> dict.entries().get(key) instanceof Dict nested
                                        && hasTensors(nested, nesting + 1)));
    }

    private static RawTensor place(FileBytes file, String name, Tensor tensor, Locator locator, ByteOrder order) {
        Storage storage = tensor.storage();
        TensorInfo info = new TensorInfo(name, storage.type(), tensor.shape());
        Extent extent = locator.locate(storage);
        // No overflow: the storage's size in bytes was checked, and the tensor lies within the storage.
        long expected = storage.elements() * storage.type().bytes();
        if (extent.bytes() != expected) {
            throw file.malformed("the storage '" + storage.key() + "' of " + info + " has " + extent.bytes()
                    + " bytes, expected " + expected);
        }
        file.requireRange(extent.position(), extent.bytes(), "storage '" + storage.key() + "' of " + info);
        long position = extent.position()
                + (storage.first() + tensor.offset()) * storage.type().bytes();
        return new RawTensor(info, position, tensor.strides(), order);
    }
}
