package dev.gatun.plan;

import dev.gatun.spec.Precision;

/** The CPU is not fast in the precision that was asked for. */
public final class UnsupportedPrecisionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedPrecisionException(Precision precision, PrecisionSupport support) {
        super("no fast " + precision + " on this CPU: " + support.reason() + "; use f32, or ask for emulation");
    }
}
