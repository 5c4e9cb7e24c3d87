package dev.gatun.weights;

import dev.gatun.weights.Pickled.Callable;
import dev.gatun.weights.Pickled.Dict;
import dev.gatun.weights.Pickled.None;
import dev.gatun.weights.Pickled.Sequence;
import dev.gatun.weights.Pickled.Tuple;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs the opcodes of pickle protocol 2 that torch.save writes, from Python 2 and 3, and no others (see CPython's
 * pickletools for their meaning). Nothing is looked up by name but in {@link TorchGlobals}, nothing recurses, and what
 * is allocated is bounded by the number of opcodes.
 */
final class PickleMachine {
    /** A checkpoint of ResNet-152 with its optimiser has about 100,000. */
    private static final int MAX_OPCODES = 1 << 20;

    private static final int PROTOCOL = 2;

    /** Resolves what {@code BINPERSID} refers to: torch keeps only storages outside the pickle. */
    @FunctionalInterface
    interface PersistentIds {
        /**
         * The storage that an id names.
         *
         * @throws IllegalArgumentException if it names none
         */
        Pickled.Storage load(List<Object> id);

        /** For pickles without any. */
        PersistentIds NONE = id -> {
            throw new IllegalArgumentException("a persistent id where none is expected");
        };
    }

    private enum Mark {
        MARK
    }

    private final PickleInput in;
    private final PersistentIds persistentIds;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();

    private long copied;

    private PickleMachine(PickleInput in, PersistentIds persistentIds) {
        this.in = in;
        this.persistentIds = persistentIds;
    }

    /** The object of the pickle, whose last byte is then the last consumed. */
    static Object load(PickleInput in, PersistentIds persistentIds) {
        return new PickleMachine(in, persistentIds).run();
    }

    private Object run() {
        try {
            if (in.unsignedByte() != 0x80 || in.unsignedByte() != PROTOCOL) {
                throw in.malformed("expected one of protocol " + PROTOCOL + ", which torch.save writes");
            }
            for (int count = 0; count < MAX_OPCODES; count++) {
                int opcode = in.unsignedByte();
                if (opcode == '.') {
                    return pop();
                }
                step(opcode);
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw in.malformed(WeightFormatException.reason(e));
        }
        throw in.malformed("more than " + MAX_OPCODES + " opcodes");
    }

    private void step(int opcode) {
        switch (opcode) {
            case '(' -> stack.add(Mark.MARK);
            case 'N' -> stack.add(None.NONE);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'J' -> stack.add((long) in.bytes(Integer.BYTES).getInt());
            case 'K' -> stack.add((long) in.unsignedByte());
            case 'M' ->
                stack.add((long) Short.toUnsignedInt(in.bytes(Short.BYTES).getShort()));
            case 0x8a -> stack.add(littleEndianInteger(in.unsignedByte()));
            case 'G' ->
                stack.add(in.bytes(Double.BYTES).order(ByteOrder.BIG_ENDIAN).getDouble());
            case 'X' -> stack.add(in.text(in.unsignedInt()));
            case 'U' -> stack.add(in.text(in.unsignedByte()));
            case 'T' -> stack.add(in.text(in.bytes(Integer.BYTES).getInt()));
            case ')' -> stack.add(new Tuple(List.of()));
            case 't' -> stack.add(new Tuple(popToMark()));
            case 0x85 -> stack.add(new Tuple(popLast(1)));
            case 0x86 -> stack.add(new Tuple(popLast(2)));
            case 0x87 -> stack.add(new Tuple(popLast(3)));
            case ']' -> stack.add(new Sequence());
            case 'a' -> append(popLast(1));
            case 'e' -> append(popToMark());
            case '}' -> stack.add(new Dict());
            case 's' -> setItems(popLast(2));
            case 'u' -> setItems(popToMark());
            case 'q' -> memo.put((long) in.unsignedByte(), top(Object.class));
            case 'r' -> memo.put(in.unsignedInt(), top(Object.class));
            case 'h' -> stack.add(recall(in.unsignedByte()));
            case 'j' -> stack.add(recall(in.unsignedInt()));
            case 'c' -> stack.add(TorchGlobals.named(in.line(), in.line()));
            case 'Q' -> stack.add(persistentIds.load(pop(Tuple.class).items()));
            case 'R' -> {
                List<Object> args = pop(Tuple.class).items();
                charge(args);
                stack.add(pop(Callable.class).call(args));
            }
            case 'b' -> {
                // An OrderedDict's attributes; a state dict keeps only module versions there.
                pop();
                top(Dict.class);
            }
            default ->
                throw in.malformed("opcode 0x" + Integer.toHexString(opcode) + " is not one that torch.save writes");
        }
    }

    private Object littleEndianInteger(int bytes) {
        byte[] magnitude = in.bytes(bytes).array();
        for (int i = 0, j = bytes - 1; i < j; i++, j--) {
            byte swapped = magnitude[i];
            magnitude[i] = magnitude[j];
            magnitude[j] = swapped;
        }
        if (bytes == 0) {
            return 0L;
        }
        BigInteger value = new BigInteger(magnitude);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    /** A call may copy a container that the memo can hand out again and again, so the total is bounded. */
    private void charge(List<Object> args) {
        for (Object arg : args) {
            copied += switch (arg) {
                case Sequence sequence -> sequence.items().size();
                case Dict dict -> dict.entries().size();
                default -> 0;
            };
        }
        if (copied > MAX_OPCODES) {
            throw in.malformed("its calls copy more than " + MAX_OPCODES + " items");
        }
    }

    private void append(List<Object> items) {
        top(Sequence.class).items().addAll(items);
    }

    private void setItems(List<Object> items) {
        top(Dict.class).putAll(items);
    }

    private Object recall(long index) {
        @Nullable Object value = memo.get(index);
        if (value == null) {
            throw in.malformed("nothing was put at memo " + index);
        }
        return value;
    }

    private Object pop() {
        Object value = top(Object.class);
        stack.removeLast();
        return value;
    }

    private <T> T pop(Class<T> type) {
        T value = top(type);
        stack.removeLast();
        return value;
    }

    private <T> T top(Class<T> type) {
        if (stack.isEmpty() || stack.getLast() == Mark.MARK) {
            throw in.malformed("an opcode needs a value and there is none");
        }
        Object value = stack.getLast();
        if (!type.isInstance(value)) {
            throw in.malformed(
                    "found a " + value.getClass().getSimpleName() + " where a " + type.getSimpleName() + " is needed");
        }
        return type.cast(value);
    }

    private List<Object> popLast(int count) {
        return popFrom(stack.size() - count);
    }

    private List<Object> popToMark() {
        int mark = stack.lastIndexOf(Mark.MARK);
        if (mark < 0) {
            throw in.malformed("an opcode needs a mark and there is none");
        }
        List<Object> items = popFrom(mark + 1);
        stack.removeLast();
        return items;
    }

    private List<Object> popFrom(int first) {
        if (first < 0) {
            throw in.malformed("an opcode needs a value and there is none");
        }
        List<Object> tail = stack.subList(first, stack.size());
        List<Object> items = List.copyOf(tail);
        if (items.contains(Mark.MARK)) {
            throw in.malformed("an opcode needs a value and there is a mark");
        }
        tail.clear();
        return items;
    }
}
