package dev.gatun.onednn;

import dev.gatun.onednn.gen.Dnnl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shape, data type and layout of a tensor. Immutable and thread-safe. The factories and derivations return handles that
 * their caller owns; those of {@link PrimitiveDesc} and {@link Memory} are borrowed.
 *
 * <p>Dimensions are in oneDNN's logical order: mb, c, [d,] h, w for activations and [g,] o, i, [d,] h, w for weights.
 * {@code equals} is identity; {@link #sameAs} compares contents.
 */
public final class MemoryDesc extends Handle {
    private static final int UNKNOWN = -1;

    /* What oneDNN answers, always the same, is kept: a plan that starts asks thousands of times. */
    private volatile @Nullable Extents extents;
    private volatile int formatKind = UNKNOWN;
    private volatile long size = UNKNOWN;

    private static final class Extents {
        final long[] dims;
        final DataType dataType;

        Extents(long[] dims, DataType dataType) {
            this.dims = dims;
            this.dataType = dataType;
        }
    }

    /** Owned. */
    private MemoryDesc(MemorySegment pointer) {
        super(pointer);
    }

    /** Owned, and known. */
    private MemoryDesc(MemorySegment pointer, long[] dims, DataType dataType) {
        super(pointer);
        this.extents = new Extents(dims.clone(), dataType);
    }

    /** A view into another handle. */
    MemoryDesc(MemorySegment pointer, Handle owner) {
        super(pointer, false, List.of(owner));
    }

    private Extents extents() {
        requireOpen();
        Extents known = extents;
        if (known == null) {
            known = new Extents(
                    queryDims(Dnnl.dnnl_query_dims(), queryInt(Dnnl.dnnl_query_ndims_s32())),
                    DataType.of(queryInt(Dnnl.dnnl_query_data_type())));
            extents = known;
        }
        return known;
    }

    private int formatKind() {
        requireOpen();
        if (formatKind == UNKNOWN) {
            formatKind = queryInt(Dnnl.dnnl_query_format_kind());
        }
        return formatKind;
    }

    /**
     * A tensor with a named layout.
     *
     * @param dataType type of the elements
     * @param tag the layout, {@link FormatTag#ANY} to leave it to the primitive
     * @param dims 1 to 12 dimensions, each at least 0
     * @return a descriptor, owned by the caller
     */
    public static MemoryDesc of(DataType dataType, FormatTag tag, long... dims) {
        checkShape(dataType, dims);
        if (tag != FormatTag.ANY && tag.rank() != dims.length) {
            throw new IllegalArgumentException(tag + " describes " + tag.rank() + " dimensions, but there are "
                    + dims.length + ": " + Native.join(dims));
        }
        OneDnn.load();
        MemorySegment pointer = Native.create(
                "dnnl_memory_desc_create_with_tag",
                (out, arena) -> Dnnl.dnnl_memory_desc_create_with_tag(
                        out, dims.length, Native.dims(arena, dims), dataType.value(), tag.value()),
                () -> dataType + ":" + tag + " " + Native.join(dims));
        return new MemoryDesc(pointer, dims, dataType);
    }

    /**
     * A tensor with a layout given by strides.
     *
     * @param dataType type of the elements
     * @param dims 1 to 12 dimensions
     * @param strides distance between neighbours along each dimension, in elements
     * @return a descriptor, owned by the caller
     * @throws IllegalArgumentException if a number is negative, or a long cannot count the bytes
     */
    public static MemoryDesc ofStrides(DataType dataType, long[] dims, long[] strides) {
        checkShape(dataType, dims);
        if (strides.length != dims.length) {
            throw new IllegalArgumentException(strides.length + " strides for " + dims.length + " dimensions");
        }
        long bytes = dataType.size();
        for (int i = 0; i < strides.length; i++) {
            if (strides[i] < 0) {
                throw new IllegalArgumentException("negative stride in " + Arrays.toString(strides));
            }
            try {
                long extent = Math.multiplyExact(Math.max(dims[i] - 1, 0), strides[i]);
                bytes = Math.addExact(bytes, Math.multiplyExact(extent, (long) dataType.size()));
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException(
                        "elements too far apart: " + Native.join(dims) + " strides " + Arrays.toString(strides), e);
            }
        }
        OneDnn.load();
        MemorySegment pointer = Native.create(
                "dnnl_memory_desc_create_with_strides",
                (out, arena) -> Dnnl.dnnl_memory_desc_create_with_strides(
                        out, dims.length, Native.dims(arena, dims), dataType.value(), Native.dims(arena, strides)),
                () -> dataType + " " + Native.join(dims) + " strides " + Arrays.toString(strides));
        return new MemoryDesc(pointer, dims, dataType);
    }

    /**
     * Restores a descriptor from {@link #blob}. A blob is only meaningful to the very library version that wrote it, and
     * its contents are trusted: whoever stores blobs must guard them with that version and a checksum.
     *
     * @param blob what {@link #blob} returned
     * @return a descriptor, owned by the caller
     * @throws IllegalArgumentException when the blob has not the size of this library's blobs
     */
    public static MemoryDesc fromBlob(byte[] blob) {
        OneDnn.load();
        if (blob.length != BlobSize.BYTES) {
            throw new IllegalArgumentException(
                    "not a descriptor of this library version: " + blob.length + " bytes instead of " + BlobSize.BYTES);
        }
        return create(
                "dnnl_memory_desc_create_with_blob",
                (out, arena) ->
                        Dnnl.dnnl_memory_desc_create_with_blob(out, arena.allocateFrom(ValueLayout.JAVA_BYTE, blob)),
                null);
    }

    private static MemoryDesc create(String call, Native.Constructor constructor, @Nullable Supplier<String> detail) {
        OneDnn.load();
        return new MemoryDesc(Native.create(call, constructor, detail));
    }

    private static void checkShape(DataType dataType, long[] dims) {
        if (dataType == DataType.UNDEF) {
            throw new IllegalArgumentException("a tensor needs a data type");
        }
        if (dims.length == 0 || dims.length > Native.MAX_NDIMS) {
            throw new IllegalArgumentException(
                    "a tensor has 1 to " + Native.MAX_NDIMS + " dimensions, not " + dims.length);
        }
        long bytes = dataType.size();
        for (long dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException("negative dimension in " + Native.join(dims));
            }
            try {
                bytes = Math.multiplyExact(bytes, Math.max(dim, 1));
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("too many elements: " + Native.join(dims), e);
            }
        }
    }

    /** {@return the bytes that a tensor of this layout takes, with padding; 0 for an empty or undecided layout} */
    public long size() {
        requireOpen();
        if (size == UNKNOWN) {
            size = Dnnl.dnnl_memory_desc_get_size(pointer());
        }
        return size;
    }

    /** {@return the dimensions, an own copy} */
    public long[] dims() {
        return extents().dims.clone();
    }

    /** {@return the number of dimensions, 0 for the empty descriptor that stands for "none"} */
    public int ndims() {
        return extents().dims.length;
    }

    /**
     * One dimension.
     *
     * @param axis its index
     * @return its length
     */
    public long dim(int axis) {
        return extents().dims[axis];
    }

    /** {@return the number of elements, without padding; 0 for the empty descriptor} */
    public long elements() {
        long[] dims = extents().dims;
        long product = dims.length == 0 ? 0 : 1;
        for (long dim : dims) {
            product *= dim;
        }
        return product;
    }

    /** {@return the dimensions rounded up to whole blocks of the layout} */
    public long[] paddedDims() {
        return queryDims(Dnnl.dnnl_query_padded_dims(), ndims());
    }

    /** {@return the type of the elements} */
    public DataType dataType() {
        return extents().dataType;
    }

    /** {@return whether this is the empty descriptor, which stands for "none"} */
    public boolean isEmpty() {
        return ndims() == 0;
    }

    /** {@return whether the layout is left to a primitive} */
    public boolean isAny() {
        return formatKind() == Dnnl.dnnl_format_kind_any();
    }

    /** {@return whether the layout is plain or blocked, so that it has strides} */
    public boolean isBlocked() {
        return formatKind() == Dnnl.dnnl_blocked();
    }

    /** {@return distance between neighbouring elements or blocks along each dimension, in elements} */
    public long[] strides() {
        if (!isBlocked()) {
            throw new IllegalStateException("no strides: the layout is not blocked");
        }
        return queryDims(Dnnl.dnnl_query_strides(), ndims());
    }

    /** {@return the sizes of the inner blocks, outermost first; empty for a plain layout} */
    long[] innerBlocks() {
        return queryDims(Dnnl.dnnl_query_inner_blks(), queryInt(Dnnl.dnnl_query_inner_nblks_s32()));
    }

    /** {@return the dimension that each inner block cuts} */
    long[] innerAxes() {
        return queryDims(Dnnl.dnnl_query_inner_idxs(), queryInt(Dnnl.dnnl_query_inner_nblks_s32()));
    }

    /** {@return the distance of the first element from the start of the memory, in elements} */
    public long offset() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            query(Dnnl.dnnl_query_submemory_offset_s64(), out);
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /**
     * Whether two descriptors describe the same tensor in the same layout.
     *
     * @param other another descriptor
     * @return whether they are equal
     */
    public boolean sameAs(MemoryDesc other) {
        return Dnnl.dnnl_memory_desc_equal(pointer(), other.pointer()) != 0;
    }

    /**
     * Whether this is the layout of a tag.
     *
     * @param tag a tag
     * @return whether a descriptor of this type and these dimensions with that tag would be equal to this one
     */
    public boolean matches(FormatTag tag) {
        Extents mine = extents();
        if (tag != FormatTag.ANY && tag.rank() != mine.dims.length) {
            return false;
        }
        try (MemoryDesc tagged = of(mine.dataType, tag, mine.dims)) {
            return sameAs(tagged);
        }
    }

    /**
     * The same memory seen with other dimensions.
     *
     * @param dims dimensions with the same number of elements
     * @return a descriptor, owned by the caller
     * @throws OneDnnException when the layout does not allow it
     */
    public MemoryDesc reshape(long... dims) {
        checkShape(dataType(), dims);
        return create(
                "dnnl_memory_desc_reshape",
                (out, arena) -> Dnnl.dnnl_memory_desc_reshape(out, pointer(), dims.length, Native.dims(arena, dims)),
                () -> this + " to " + Native.join(dims));
    }

    /**
     * A box inside this tensor, in the same memory.
     *
     * @param dims size of the box
     * @param offsets its first element
     * @return a descriptor, owned by the caller
     */
    public MemoryDesc submemory(long[] dims, long[] offsets) {
        Extents mine = extents();
        checkShape(mine.dataType, dims);
        boolean inside = dims.length == mine.dims.length && offsets.length == mine.dims.length;
        for (int i = 0; inside && i < dims.length; i++) {
            inside = offsets[i] >= 0 && dims[i] <= mine.dims[i] - offsets[i];
        }
        if (!inside) {
            throw new IllegalArgumentException("a box of " + Native.join(dims) + " at " + Arrays.toString(offsets)
                    + " does not lie inside " + this);
        }
        return create(
                "dnnl_memory_desc_create_submemory",
                (out, arena) -> Dnnl.dnnl_memory_desc_create_submemory(
                        out, pointer(), Native.dims(arena, dims), Native.dims(arena, offsets)),
                () -> Native.join(dims) + " at " + Arrays.toString(offsets) + " of " + this);
    }

    /**
     * The same memory with its dimensions in another order.
     *
     * @param permutation where each dimension of this descriptor goes
     * @return a descriptor, owned by the caller
     */
    public MemoryDesc permuteAxes(int... permutation) {
        int[] sorted = permutation.clone();
        Arrays.sort(sorted);
        boolean isPermutation = sorted.length == ndims();
        for (int i = 0; isPermutation && i < sorted.length; i++) {
            isPermutation = sorted[i] == i;
        }
        if (!isPermutation) {
            throw new IllegalArgumentException(
                    Arrays.toString(permutation) + " is not a permutation of " + ndims() + " dimensions");
        }
        return create(
                "dnnl_memory_desc_permute_axes",
                (out, arena) -> Dnnl.dnnl_memory_desc_permute_axes(
                        out, pointer(), arena.allocateFrom(ValueLayout.JAVA_INT, permutation)),
                () -> this + " by " + Arrays.toString(permutation));
    }

    /** {@return this descriptor as bytes, for {@link #fromBlob}} */
    public byte[] blob() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
            Status.check(
                    Dnnl.dnnl_memory_desc_get_blob(MemorySegment.NULL, size, pointer()),
                    "dnnl_memory_desc_get_blob",
                    this::toString);
            MemorySegment blob = arena.allocate(size.get(ValueLayout.JAVA_LONG, 0));
            Status.check(
                    Dnnl.dnnl_memory_desc_get_blob(blob, size, pointer()), "dnnl_memory_desc_get_blob", this::toString);
            return blob.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /**
     * {@return data type, layout in oneDNN's letters and dimensions, such as {@code f32:aBcd16b 1x64x56x56}; of a closed one what is known
     * still}
     */
    @Override
    public String toString() {
        Extents known = isOpen() ? extents() : extents;
        if (known == null) {
            return "closed";
        }
        if (known.dims.length == 0) {
            return "none";
        }
        String layout = !isOpen() ? "closed" : isAny() ? "any" : isBlocked() ? LayoutName.of(this) : "opaque";
        return known.dataType + ":" + layout + " " + Native.join(known.dims);
    }

    private int queryInt(int what) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            query(what, out);
            return out.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private long[] queryDims(int what, int count) {
        if (count == 0) {
            return new long[0];
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(Dnnl.C_POINTER);
            query(what, out);
            return out.get(Dnnl.C_POINTER, 0)
                    .asSlice(0, count * ValueLayout.JAVA_LONG.byteSize())
                    .toArray(ValueLayout.JAVA_LONG);
        }
    }

    private void query(int what, MemorySegment out) {
        Status.check(
                Dnnl.dnnl_memory_desc_query(pointer(), what, out), "dnnl_memory_desc_query", () -> "query " + what);
    }

    @Override
    void destroy(MemorySegment pointer) {
        Status.check(Dnnl.dnnl_memory_desc_destroy(pointer), "dnnl_memory_desc_destroy", null);
    }

    private static final class BlobSize {
        static final int BYTES;

        static {
            try (MemoryDesc any = of(DataType.F32, FormatTag.A, 1)) {
                BYTES = any.blob().length;
            }
        }
    }
}
