package dev.gatun;

import dev.gatun.onednn.AmxGuard;
import dev.gatun.onednn.Engine;
import java.lang.System.Logger.Level;

/**
 * Loads oneDNN and makes the first calls into it while the caller does something else, such as reading its command line. Optional: what is
 * not loaded ahead is loaded when it is needed, and what fails here fails there again, with its reason.
 */
public final class Preload {
    private Preload() {}

    /** Begins, in a daemon thread, and returns at once. */
    public static void start() {
        Thread.ofPlatform().daemon().name("gatun-preload").start(Preload::run);
    }

    private static void run() {
        try {
            AmxGuard.apply();
            Engine.cpu();
        } catch (RuntimeException | LinkageError e) {
            System.getLogger(Preload.class.getName()).log(Level.DEBUG, "cannot load ahead", e);
        }
    }
}
