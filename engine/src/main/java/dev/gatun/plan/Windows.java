package dev.gatun.plan;

import dev.gatun.graph.Window;

/** A window as oneDNN's factories want it. */
final class Windows {
    private Windows() {}

    static long[] strides(Window window) {
        return new long[] {window.strideH(), window.strideW()};
    }

    static long[] padLeft(Window window) {
        return new long[] {window.padTop(), window.padLeft()};
    }

    static long[] padRight(Window window) {
        return new long[] {window.padBottom(), window.padRight()};
    }
}
