package dev.gatun.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes of one image file under its name; a read beyond the end says that the file is truncated. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ImageSource(String name, byte[] bytes) {
    private static final VarHandle U16_BE = view(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U16_LE = view(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle S32_BE = view(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle S32_LE = view(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static VarHandle view(Class<?> type, ByteOrder order) {
        return MethodHandles.byteArrayViewVarHandle(type, order);
    }

    int length() {
        return bytes.length;
    }

    int u8(long at) {
        return bytes[require(at, 1)] & 0xff;
    }

    int u16be(long at) {
        return (short) U16_BE.get(bytes, require(at, 2)) & 0xffff;
    }

    int u16le(long at) {
        return (short) U16_LE.get(bytes, require(at, 2)) & 0xffff;
    }

    int u24le(long at) {
        return u16le(at) | (u8(at + 2) << 16);
    }

    long u32be(long at) {
        return (int) S32_BE.get(bytes, require(at, 4)) & 0xffff_ffffL;
    }

    long u32le(long at) {
        return s32le(at) & 0xffff_ffffL;
    }

    int s32le(long at) {
        return (int) S32_LE.get(bytes, require(at, 4));
    }

    /** Checks that {@code count} bytes at {@code at} are there; returns {@code at} as an array index. */
    int require(long at, long count) {
        if (at < 0 || count < 0 || at > bytes.length - count) {
            throw error("truncated: ends at byte " + bytes.length + " where " + count + " bytes at " + at
                    + " were expected");
        }
        return (int) at;
    }

    boolean startsWith(long at, byte[] magic) {
        return at >= 0
                && at <= bytes.length - magic.length
                && Arrays.equals(bytes, (int) at, (int) at + magic.length, magic, 0, magic.length);
    }

    boolean startsWith(long at, String latin1) {
        return startsWith(at, latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    ImageFormatException error(String problem) {
        return error(problem, null);
    }

    ImageFormatException error(String problem, @Nullable Throwable cause) {
        return new ImageFormatException(name, problem, cause);
    }
}
