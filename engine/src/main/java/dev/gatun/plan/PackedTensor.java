package dev.gatun.plan;

import dev.gatun.onednn.MemoryDesc;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Weights in the layout and type that a primitive wants.
 *
 * @param desc layout and type, borrowed from the plan
 * @param data borrowed from the plan
 */
record PackedTensor(MemoryDesc desc, MemorySegment data) {
    /** With the descriptor as oneDNN serialises it, for a file. */
    Stored stored() {
        return new Stored(ByteBuffer.wrap(desc.blob()), data);
    }

    /**
     * Packed weights of a file.
     *
     * @param blob of the memory descriptor, written by this very version of oneDNN; its position and limit stay as they are
     * @param data the values
     */
    record Stored(ByteBuffer blob, MemorySegment data) {
        /** Read-only. */
        Stored {
            blob = blob.asReadOnlyBuffer();
        }

        byte[] blobBytes() {
            byte[] bytes = new byte[blob.remaining()];
            blob.get(blob.position(), bytes);
            return bytes;
        }

        /** Whether these are in the layout and type of {@code desc}. Blobs of equal descriptors differ in bytes that mean nothing. */
        boolean fits(MemoryDesc desc) {
            if (data.byteSize() != desc.size()) {
                return false;
            }
            try (MemoryDesc mine = MemoryDesc.fromBlob(blobBytes())) {
                return mine.sameAs(desc);
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
    }
}
