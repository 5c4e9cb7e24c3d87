package dev.gatun.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes stored zip entries as torch's writer does: data aligned to 64 bytes by padding the local extra field. */
final class ZipWriter {
    private static final int ALIGNMENT = 64;
    private static final int ALL_ONES = -1;

    private final boolean zip64;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream central = new ByteArrayOutputStream();
    private int count;

    ZipWriter(boolean zip64) {
        this.zip64 = zip64;
    }

    /** An archive of a checkpoint: the pickle, then the storages {@code 0}, {@code 1} and so on. */
    static byte[] checkpoint(byte[] pickle, byte[]... storages) {
        ZipWriter zip = new ZipWriter(false).entry("archive/data.pkl", pickle);
        for (int key = 0; key < storages.length; key++) {
            zip.entry("archive/data/" + key, storages[key]);
        }
        return zip.entry("archive/version", new byte[] {'3', '\n'}).end();
    }

    ZipWriter entry(String name, byte[] data) {
        return entry(name, data, 0);
    }

    ZipWriter entry(String name, byte[] data, int method) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        int local = out.size();
        int padding = 4 + Math.floorMod(-(local + 30 + nameBytes.length + 4), ALIGNMENT);
        out.writeBytes(little(30)
                .putInt(0x04034b50)
                .putShort((short) 20)
                .putShort((short) 0)
                .putShort((short) method)
                .putLong(0)
                .putInt(data.length)
                .putInt(data.length)
                .putShort((short) nameBytes.length)
                .putShort((short) padding)
                .array());
        out.writeBytes(nameBytes);
        // The extra field that torch pads with has the id "FB".
        out.writeBytes(little(padding)
                .putShort((short) 0x4246)
                .putShort((short) (padding - 4))
                .array());
        out.writeBytes(data);
        int extra = zip64 ? 4 + 4 + 4 + 24 : 0;
        central.writeBytes(little(46)
                .putInt(0x02014b50)
                .putInt(0)
                .putShort((short) 0)
                .putShort((short) method)
                .putLong(0)
                .putInt(zip64 ? ALL_ONES : data.length)
                .putInt(zip64 ? ALL_ONES : data.length)
                .putShort((short) nameBytes.length)
                .putShort((short) extra)
                .putLong(0)
                .putShort((short) 0)
                .putInt(zip64 ? ALL_ONES : local)
                .array());
        central.writeBytes(nameBytes);
        if (zip64) {
            central.writeBytes(little(extra)
                    .putShort((short) 0x4246)
                    .putShort((short) 4)
                    .putInt(0)
                    .putShort((short) 1)
                    .putShort((short) 24)
                    .putLong(data.length)
                    .putLong(data.length)
                    .putLong(local)
                    .array());
        }
        count++;
        return this;
    }

    byte[] end() {
        int start = out.size();
        out.writeBytes(central.toByteArray());
        if (zip64) {
            int end64 = out.size();
            out.writeBytes(little(56)
                    .putInt(0x06064b50)
                    .putLong(44)
                    .putInt(0)
                    .putLong(0)
                    .putLong(count)
                    .putLong(count)
                    .putLong(central.size())
                    .putLong(start)
                    .array());
            out.writeBytes(little(20)
                    .putInt(0x07064b50)
                    .putInt(0)
                    .putLong(end64)
                    .putInt(1)
                    .array());
        }
        out.writeBytes(little(22)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort((short) (zip64 ? ALL_ONES : count))
                .putShort((short) (zip64 ? ALL_ONES : count))
                .putInt(zip64 ? ALL_ONES : central.size())
                .putInt(zip64 ? ALL_ONES : start)
                .putShort((short) 0)
                .array());
        return out.toByteArray();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
