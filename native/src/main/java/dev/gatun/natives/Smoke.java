package dev.gatun.natives;

/** Smoke. */
public final class Smoke {
    private Smoke() {}
}
