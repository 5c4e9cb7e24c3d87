package dev.gatun.plan;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is computed when it is first asked for, and then kept. One thread. */
final class Once<T> implements Supplier<T> {
    private final Supplier<T> supplier;
    private @Nullable T value;

    Once(Supplier<T> supplier) {
        this.supplier = supplier;
    }

    @Override
    public T get() {
        T known = value;
        if (known == null) {
            known = supplier.get();
            value = known;
        }
        return known;
    }
}
