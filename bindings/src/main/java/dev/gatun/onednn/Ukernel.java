package dev.gatun.onednn;

import java.lang.foreign.SymbolLookup;

/**
 * oneDNN's micro-kernel API (BRGeMM, {@code dnnl_ukernel.h}). It is experimental: a library has it only when it was
 * built with {@code DNNL_EXPERIMENTAL_UKERNEL}, and the packaged one (org.bytedeco:dnnl 3.13-1.5.14) was not. The
 * functions are in the generated bindings, which look each one up on its first call, so that a library without them
 * still loads; there is no typed layer over them.
 */
public final class Ukernel {
    private Ukernel() {}

    /** {@return whether the loaded library has the micro-kernel API} */
    public static boolean isAvailable() {
        OneDnn.load();
        return SymbolLookup.loaderLookup().find("dnnl_brgemm_create").isPresent();
    }
}
