package dev.gatun.plan;

import dev.gatun.natives.TileArguments;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.tiles.PixelLayout;
import org.jspecify.annotations.Nullable;

/**
 * The result of a node while planning, in one of the types it is needed in.
 *
 * @param desc layout and type, borrowed from the plan
 * @param buffer where it lies
 * @param scale real = scale * stored; 1 but for 8-bit values
 * @param layout of its pixels where tiles have laid it out; {@code desc} tells its type and extents then
 */
record Value(
        MemoryDesc desc,
        Buffer buffer,
        float scale,
        @Nullable PixelLayout layout) {
    /** A value that lies as {@code desc} says. */
    Value(MemoryDesc desc, Buffer buffer, float scale) {
        this(desc, buffer, scale, null);
    }

    /** A value that is stored as it is. */
    Value(MemoryDesc desc, Buffer buffer) {
        this(desc, buffer, 1);
    }

    /** The layout of its pixels, which tiles have laid out. */
    PixelLayout pixels() {
        if (layout == null) {
            throw new IllegalStateException("no tiles have laid out " + desc);
        }
        return layout;
    }

    /** Its type, layout in oneDNN's letters, images, channels and what is around them, in words. */
    String words(PixelLayout layout) {
        DataType type = desc.dataType();
        String letters = layout.blocked() ? "aBcd" + TileArguments.ROW_BYTES / type.size() + "b" : "acdb";
        return type + ":" + letters + " " + desc.dim(0) + "x" + desc.dim(1) + "x" + layout.withBlocks(false);
    }

    boolean eightBit() {
        return desc.dataType() == DataType.U8 || desc.dataType() == DataType.S8;
    }
}
