package dev.gatun.onednn;

import dev.gatun.onednn.gen.Dnnl;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A tensor: a descriptor and where its data lies. The handle is owned by its creator; the data are borrowed from the
 * caller, who must keep them alive (an arena open) for as long as anything is executed with this memory. Not
 * thread-safe: its data may not be exchanged while it is being executed with.
 */
public final class Memory extends Handle {
    private final long size;
    private MemorySegment data;
    private boolean written;
    private @Nullable MemoryDesc desc;

    private Memory(MemorySegment pointer, long size, MemorySegment data) {
        super(pointer);
        this.size = size;
        this.data = data;
    }

    /**
     * A tensor over caller-owned data.
     *
     * @param engine the engine
     * @param desc shape and layout; copied
     * @param data native memory of at least {@code desc.size()} bytes; 64-byte alignment is the fastest
     * @return a memory, owned by the caller
     */
    public static Memory of(Engine engine, MemoryDesc desc, MemorySegment data) {
        if (desc.isAny()) {
            throw new IllegalArgumentException("a memory needs a decided layout: " + desc);
        }
        long size = desc.size();
        checkData(data, size);
        MemorySegment pointer = Native.create(
                "dnnl_memory_create",
                (out, arena) -> Dnnl.dnnl_memory_create(out, desc.pointer(), engine.pointer(), data),
                desc::toString);
        return new Memory(pointer, size, data);
    }

    private static void checkData(MemorySegment data, long size) {
        if (!data.isNative()) {
            throw new IllegalArgumentException("data must be native memory, not on the Java heap");
        }
        if (data.byteSize() < size) {
            throw new IllegalArgumentException("data of " + data.byteSize() + " bytes, but the tensor takes " + size);
        }
    }

    /**
     * Points this memory at other data. Allocates nothing.
     *
     * @param data native memory of at least {@link #size} bytes, writable if anything writes this memory
     */
    public void setData(MemorySegment data) {
        MemorySegment pointer = pointer();
        checkData(data, size);
        if (written && data.isReadOnly()) {
            throw new IllegalArgumentException("read-only data for a memory that is written");
        }
        setDataHandle(pointer, data);
    }

    /**
     * Points this memory at an address. Nothing is checked: a wrong address ends the process at the next execution.
     *
     * @param address where at least {@link #size} bytes are, readable and, if anything writes this memory, writable
     */
    public void setAddress(long address) {
        setDataHandle(pointer(), MemorySegment.ofAddress(address));
    }

    private void setDataHandle(MemorySegment pointer, MemorySegment data) {
        int status = Dnnl.dnnl_memory_set_data_handle(pointer, data);
        if (status != 0) {
            Status.check(status, "dnnl_memory_set_data_handle", null);
        }
        this.data = data;
    }

    /** {@return the data this memory points at; of no length after {@link #setAddress}} */
    public MemorySegment data() {
        return data;
    }

    /** {@return the bytes that the tensor takes} */
    public long size() {
        return size;
    }

    /** {@return the descriptor, borrowed from this memory} */
    public MemoryDesc desc() {
        MemorySegment pointer = pointer();
        if (desc == null || !desc.isOpen()) {
            desc = new MemoryDesc(
                    Native.create(
                            "dnnl_memory_get_memory_desc",
                            (out, arena) -> Dnnl.dnnl_memory_get_memory_desc(pointer, out),
                            null),
                    this);
        }
        return desc;
    }

    /** Notes that an execution writes this memory. */
    void markWritten() {
        if (data.isReadOnly()) {
            throw new IllegalArgumentException("read-only data for a memory that is written");
        }
        written = true;
    }

    @Override
    void destroy(MemorySegment pointer) {
        Status.check(Dnnl.dnnl_memory_destroy(pointer), "dnnl_memory_destroy", null);
    }

    @Override
    public String toString() {
        return isOpen() ? desc() + " at 0x" + Long.toHexString(data.address()) : "closed memory";
    }
}
