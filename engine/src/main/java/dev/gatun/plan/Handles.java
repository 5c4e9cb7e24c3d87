package dev.gatun.plan;

import dev.gatun.onednn.Handle;
import dev.gatun.onednn.NativeStack;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * oneDNN's objects of a plan, which it will own. Blocks of a stage ask for the same memory descriptors, convolutions and reorders: those are
 * made once, since each costs a start tenths of a millisecond. One thread.
 */
final class Handles {
    private final NativeStack owned;
    private final Map<List<Object>, Handle> made = new HashMap<>();

    /**
     * @param owned by the plan
     */
    Handles(NativeStack owned) {
        this.owned = owned;
    }

    /** Makes the plan own {@code handle}. */
    <T extends Handle> T own(T handle) {
        return owned.push(handle);
    }

    /**
     * The handle that was made of equal parts before, else a new one. Handles among the parts are equal if they are the same.
     *
     * @param making of a handle that follows from its type and {@code parts} alone and will not be changed
     */
    <T extends Handle> T once(Class<T> type, Supplier<T> making, Object... parts) {
        List<Object> question = List.of(type, List.of(parts));
        Handle known = made.get(question);
        if (known == null) {
            known = own(making.get());
            made.put(question, known);
        }
        return type.cast(known);
    }
}
