package dev.gatun.weights;

import dev.gatun.weights.Pickled.Callable;
import dev.gatun.weights.Pickled.Dict;
import dev.gatun.weights.Pickled.Opaque;
import dev.gatun.weights.Pickled.Sequence;
import dev.gatun.weights.Pickled.Storage;
import dev.gatun.weights.Pickled.StorageType;
import dev.gatun.weights.Pickled.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The globals a checkpoint may name, a subset of torch's own list for {@code weights_only} loading. All of them are
 * made here; none is Python's.
 */
final class TorchGlobals {
    private static final Map<String, Pickled> ALLOWED = table();

    private TorchGlobals() {}

    /**
     * The stand-in for a Python global.
     *
     * @throws IllegalArgumentException if it is not on the list
     */
    static Pickled named(String module, String name) {
        String global = module + "." + name;
        @Nullable Pickled allowed = ALLOWED.get(global);
        if (allowed == null) {
            throw new IllegalArgumentException("the global '" + global
                    + "' is refused: a checkpoint may hold tensors, dicts, lists, strings and numbers only"
                    + " (in Python, save model.state_dict() alone)");
        }
        return allowed;
    }

    private static Map<String, Pickled> table() {
        Map<String, Pickled> table = new HashMap<>();
        Map.ofEntries(
                        Map.entry("FloatStorage", ElementType.F32),
                        Map.entry("HalfStorage", ElementType.F16),
                        Map.entry("BFloat16Storage", ElementType.BF16),
                        Map.entry("DoubleStorage", ElementType.F64),
                        Map.entry("LongStorage", ElementType.I64),
                        Map.entry("IntStorage", ElementType.I32),
                        Map.entry("ShortStorage", ElementType.I16),
                        Map.entry("CharStorage", ElementType.I8),
                        Map.entry("ByteStorage", ElementType.U8),
                        Map.entry("BoolStorage", ElementType.BOOL),
                        Map.entry("ComplexFloatStorage", ElementType.C64),
                        Map.entry("ComplexDoubleStorage", ElementType.C128))
                .forEach((storage, type) -> table.put("torch." + storage, new StorageType(type)));
        for (String dtype : List.of(
                "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")) {
            table.put("torch." + dtype, Opaque.OPAQUE);
        }
        Callable ignored = args -> Opaque.OPAQUE;
        table.put("torch.device", ignored);
        table.put("builtins.set", ignored);
        table.put("__builtin__.set", ignored);
        table.put("torch.Size", (Callable) args -> argument(args, 0, Tuple.class));
        table.put("torch._utils._rebuild_tensor", (Callable) TorchGlobals::tensor);
        table.put("torch._utils._rebuild_tensor_v2", (Callable) TorchGlobals::tensor);
        table.put("torch._utils._rebuild_parameter", (Callable) args -> argument(args, 0, Pickled.Tensor.class));
        table.put("collections.OrderedDict", (Callable) TorchGlobals::dict);
        table.put("collections.Counter", (Callable) TorchGlobals::dict);
        return Map.copyOf(table);
    }

    /** {@code (storage, offset, size, stride, ...)}: gradients and hooks, which follow in version 2, do not matter. */
    private static Pickled tensor(List<Object> args) {
        return TorchTensor.view(
                argument(args, 0, Storage.class),
                argument(args, 1, Long.class),
                argument(args, 2, Tuple.class).items(),
                argument(args, 3, Tuple.class).items());
    }

    /** From nothing, from a dict (Counter), or from a list of pairs (Python 2's OrderedDict). */
    private static Pickled dict(List<Object> args) {
        Dict dict = new Dict();
        if (args.isEmpty()) {
            return dict;
        }
        List<Object> keysAndValues = new ArrayList<>();
        if (args.getFirst() instanceof Dict source) {
            source.entries().forEach((key, value) -> {
                keysAndValues.add(key);
                keysAndValues.add(value);
            });
        } else {
            for (Object pair : argument(args, 0, Sequence.class).items()) {
                List<Object> items = pair instanceof Tuple tuple
                        ? tuple.items()
                        : as(pair, Sequence.class).items();
                if (items.size() != 2) {
                    throw new IllegalArgumentException(
                            "an OrderedDict entry has " + items.size() + " parts, expected 2");
                }
                keysAndValues.addAll(items);
            }
        }
        dict.putAll(keysAndValues);
        return dict;
    }

    /** The argument at {@code index}, which has to be of {@code type}. */
    static <T> T argument(List<Object> args, int index, Class<T> type) {
        if (index >= args.size()) {
            throw new IllegalArgumentException("a call has " + args.size() + " arguments, expected more");
        }
        return as(args.get(index), type);
    }

    private static <T> T as(Object value, Class<T> type) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    "found a " + value.getClass().getSimpleName() + " where a " + type.getSimpleName() + " is needed");
        }
        return type.cast(value);
    }
}
