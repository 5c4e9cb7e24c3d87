package dev.gatun.image;

import javax.imageio.stream.ImageInputStreamImpl;

/** An ImageIO stream over an array: no cache, and it remembers whether the reader wanted more than there is. */
final class MemoryImageInputStream extends ImageInputStreamImpl {
    private final byte[] bytes;
    private boolean exhausted;

    MemoryImageInputStream(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Whether a read was made at the end of the array. */
    boolean exhausted() {
        return exhausted;
    }

    @Override
    public int read() {
        bitOffset = 0;
        if (streamPos >= bytes.length) {
            exhausted = true;
            return -1;
        }
        return bytes[(int) streamPos++] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        if (streamPos >= bytes.length) {
            exhausted = true;
            return -1;
        }
        int count = (int) Math.min(length, bytes.length - streamPos);
        System.arraycopy(bytes, (int) streamPos, to, offset, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return bytes.length;
    }
}
