package dev.gatun.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/** True headers without pixels behind them. */
final class Headers {
    private Headers() {}

    static byte[] ofExtents(String format, int width, int height) {
        return switch (format) {
            case "png" -> png(width, height);
            case "jpg" -> jpeg(width, height);
            case "gif" ->
                little(32)
                        .put("GIF89a".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        .putShort((short) width)
                        .putShort((short) height)
                        .put(13, (byte) ',')
                        .putShort(18, (short) 1)
                        .putShort(20, (short) 1)
                        .array();
            case "bmp" ->
                little(64)
                        .put(new byte[] {'B', 'M'})
                        .putInt(10, 54)
                        .putInt(14, 40)
                        .putInt(18, width)
                        .putInt(22, height)
                        .putShort(26, (short) 1)
                        .putShort(28, (short) 24)
                        .array();
            case "webp" ->
                little(26)
                        .put("RIFF----WEBPVP8L".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        .putInt(4, 18)
                        .putInt(16, 5)
                        .put(20, (byte) 0x2f)
                        .putInt(21, (width - 1) | ((height - 1) << 14))
                        .array();
            default -> throw new IllegalArgumentException(format);
        };
    }

    private static byte[] png(int width, int height) {
        ByteBuffer png = ByteBuffer.allocate(57);
        png.putLong(0x8950_4e47_0d0a_1a0aL).putInt(13).putInt(0x4948_4452);
        png.putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(png.array(), 12, 17);
        png.putInt((int) crc.getValue()).putInt(12).putInt(0x4944_4154);
        return png.array();
    }

    private static byte[] jpeg(int width, int height) {
        ByteBuffer jpeg = ByteBuffer.allocate(32);
        jpeg.putInt(0xffd8_ffc0).putShort((short) 11).put((byte) 8);
        jpeg.putShort((short) height).putShort((short) width);
        jpeg.put(new byte[] {1, 1, 0x11, 0}).putInt(0xffda_0008);
        return jpeg.array();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
