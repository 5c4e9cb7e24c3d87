package dev.gatun.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles opcode by opcode, as torch.save does and as it never would. */
final class PickleWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PickleWriter() {
        op(0x80).op(2);
    }

    PickleWriter op(int... opcodes) {
        for (int opcode : opcodes) {
            out.write(opcode);
        }
        return this;
    }

    PickleWriter text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return op('X').int32(bytes.length).raw(bytes);
    }

    PickleWriter global(String module, String name) {
        return op('c').raw((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    }

    PickleWriter integer(long value) {
        return op(0x8a, 8).int64(value);
    }

    PickleWriter tuple(long... values) {
        op('(');
        for (long value : values) {
            integer(value);
        }
        return op('t');
    }

    PickleWriter emptyOrderedDict() {
        return global("collections", "OrderedDict").op(')', 'R');
    }

    PickleWriter storage(String type, String key, long elements) {
        return op('(').text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .integer(elements)
                .op('t', 'Q');
    }

    /** {@code _rebuild_tensor_v2(storage, offset, size, stride, False, OrderedDict())}. */
    PickleWriter tensor(String type, String key, long elements, long offset, long[] size, long[] stride) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .op('(')
                .storage(type, key, elements)
                .integer(offset)
                .tuple(size)
                .tuple(stride)
                .op(0x89)
                .emptyOrderedDict()
                .op('t', 'R');
    }

    PickleWriter int32(int value) {
        return raw(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    PickleWriter int64(long value) {
        return raw(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    PickleWriter raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    byte[] end() {
        return op('.').unfinished();
    }

    byte[] unfinished() {
        return out.toByteArray();
    }

    /** A dict with the one tensor {@code w} of F32, whose storage has the key {@code 0}. */
    static byte[] oneTensor(long elements, long offset, long[] size, long[] stride) {
        return new PickleWriter()
                .op('}', '(')
                .text("w")
                .tensor("FloatStorage", "0", elements, offset, size, stride)
                .op('u')
                .end();
    }
}
