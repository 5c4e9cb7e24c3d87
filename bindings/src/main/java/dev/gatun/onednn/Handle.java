package dev.gatun.onednn;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A native oneDNN object.
 *
 * <p>An <em>owned</em> handle destroys its object when it is closed; a <em>borrowed</em> one is a view into another
 * handle, keeps that one reachable, and only stops being usable. Closing a handle also makes unusable whatever leans on
 * it: the descriptors borrowed from a {@link PrimitiveDesc}, the {@link ExecArgs} that hold a {@link Memory}. Those
 * still have to be closed to free what they own themselves.
 *
 * <p>Using a closed or invalidated handle throws {@link IllegalStateException} before anything native happens.
 * {@link #close} may be called any number of times and from any thread, but not while another thread is inside a call
 * that uses the handle.
 */
public abstract sealed class Handle implements AutoCloseable
        permits Engine, Stream, MemoryDesc, Memory, Attr, PrimitiveDesc, Primitive, ExecArgs {
    private static final int OPEN = 0;
    private static final int INVALID = 1;
    private static final int CLOSED = 2;

    private final MemorySegment pointer;
    private final boolean owned;
    private final List<Handle> foundations;
    private @Nullable Set<Handle> dependents;
    private volatile int state = OPEN;

    /** A handle that stands alone and owns its object. */
    Handle(MemorySegment pointer) {
        this(pointer, true, List.of());
    }

    /** A handle that becomes unusable as soon as one of its foundations is closed. */
    Handle(MemorySegment pointer, boolean owned, List<Handle> foundations) {
        this.pointer = pointer;
        this.owned = owned;
        this.foundations = foundations;
        try {
            foundations.forEach(foundation -> foundation.adopt(this));
        } catch (IllegalStateException e) {
            foundations.forEach(foundation -> foundation.forget(this));
            throw e;
        }
    }

    /** The native object, of the global scope so that a downcall has nothing to acquire. */
    final MemorySegment pointer() {
        requireOpen();
        return pointer;
    }

    final void requireOpen() {
        if (state != OPEN) {
            throw unusable();
        }
    }

    final IllegalStateException unusable() {
        String why = state == CLOSED ? " is closed" : " is no longer valid: what it depends on was closed or changed";
        return new IllegalStateException(getClass().getSimpleName() + why);
    }

    /** {@return whether this handle destroys its native object when it is closed} */
    public final boolean isOwned() {
        return owned;
    }

    /** {@return whether this handle can be used} */
    public final boolean isOpen() {
        return state == OPEN;
    }

    /** Destroys the native object if this handle owns it, and makes this handle and its dependents unusable. */
    @Override
    public void close() {
        synchronized (this) {
            if (state == CLOSED) {
                return;
            }
            state = CLOSED;
        }
        invalidateDependents();
        foundations.forEach(foundation -> foundation.forget(this));
        if (owned) {
            destroy(pointer);
        }
    }

    /** Destroys the object; called at most once, and only for owned handles. */
    abstract void destroy(MemorySegment pointer);

    final void invalidateDependents() {
        List<Handle> orphans;
        synchronized (this) {
            orphans = dependents == null ? List.of() : new ArrayList<>(dependents);
            dependents = null;
        }
        orphans.forEach(Handle::invalidate);
    }

    private void invalidate() {
        synchronized (this) {
            if (state == OPEN) {
                state = INVALID;
            }
        }
        invalidateDependents();
    }

    private synchronized void adopt(Handle dependent) {
        if (state != OPEN) {
            throw unusable();
        }
        if (dependents == null) {
            dependents = Collections.newSetFromMap(new IdentityHashMap<>());
        }
        dependents.add(dependent);
    }

    private synchronized void forget(Handle dependent) {
        if (dependents != null) {
            dependents.remove(dependent);
        }
    }
}
