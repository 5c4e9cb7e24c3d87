package dev.gatun.onednn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Closes resources in the reverse order of their creation, the only order that is right for natives that depend on each
 * other. A constructor fills one inside try-with-resources and {@linkplain #detach detaches} it at its end, so that a
 * failure half-way rolls everything back:
 *
 * {@snippet :
 * try (NativeStack stack = new NativeStack()) {
 *     stream = stack.push(Stream.of(engine));
 *     memory = stack.push(Memory.of(engine, desc, data));
 *     natives = stack.detach();
 * }
 * }
 *
 * Thread-safe.
 */
public final class NativeStack implements AutoCloseable {
    private Deque<AutoCloseable> resources = new ArrayDeque<>();
    private boolean closed;

    /** An empty stack. */
    public NativeStack() {}

    /**
     * Adds a resource, to be closed before all that are in the stack already. If the stack is closed, the resource is
     * closed at once.
     *
     * @param resource what to close; its {@code close} must not throw a checked exception
     * @param <T> its type
     * @return the resource
     * @throws IllegalStateException if this stack is closed
     */
    public <T extends AutoCloseable> T push(T resource) {
        synchronized (this) {
            if (!closed) {
                resources.push(resource);
                return resource;
            }
        }
        IllegalStateException refusal = new IllegalStateException("NativeStack is closed");
        closeAll(new ArrayDeque<>(List.of(resource)), refusal);
        throw refusal;
    }

    /**
     * Hands everything over, so that closing this stack closes nothing of it.
     *
     * @return a new stack with the resources of this one, which is left empty
     * @throws IllegalStateException if this stack is closed
     */
    public synchronized NativeStack detach() {
        if (closed) {
            throw new IllegalStateException("NativeStack is closed");
        }
        NativeStack heir = new NativeStack();
        heir.resources = resources;
        resources = new ArrayDeque<>();
        return heir;
    }

    /**
     * Closes everything, last in first out. All are closed even if some fail; the first failure is thrown with the
     * others suppressed. Closing again does nothing.
     */
    @Override
    public void close() {
        Deque<AutoCloseable> mine;
        synchronized (this) {
            closed = true;
            mine = resources;
            resources = new ArrayDeque<>();
        }
        RuntimeException failure = closeAll(mine, null);
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable RuntimeException closeAll(
            Deque<AutoCloseable> resources, @Nullable RuntimeException failure) {
        RuntimeException first = failure;
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception e) {
                RuntimeException unchecked = e instanceof RuntimeException r
                        ? r
                        : new IllegalStateException("could not close a resource", e);
                if (first == null) {
                    first = unchecked;
                } else {
                    first.addSuppressed(unchecked);
                }
            }
        }
        return first;
    }
}
