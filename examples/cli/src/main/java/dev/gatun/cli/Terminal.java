package dev.gatun.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** Where a command writes to: results to {@code out}, all else to {@code err}. */
final class Terminal {
    /** Set by the launcher, which can see whether stderr is a terminal; the JDK cannot. */
    private static final String INTERACTIVE = "gatun.stderr.terminal";

    private final Watched watched;
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean blocks;
    private final boolean interactive;

    /** Keeps the first failure, which a {@link PrintWriter} would swallow. */
    private static final class Watched extends FilterOutputStream {
        private @Nullable IOException failure;

        Watched(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                failure = failure == null ? e : failure;
                throw e;
            }
        }
    }

    /**
     * A terminal on these streams.
     *
     * @param charset of both
     * @param interactive whether someone watches {@code err}
     */
    Terminal(OutputStream out, OutputStream err, Charset charset, boolean interactive) {
        this.watched = new Watched(out);
        this.out = new PrintWriter(new OutputStreamWriter(watched, charset));
        this.err = new PrintWriter(new OutputStreamWriter(err, charset), true);
        this.blocks = charset.canEncode() && charset.newEncoder().canEncode(Bar.GLYPHS);
        this.interactive = interactive;
    }

    /** The streams of this process. */
    static Terminal ofProcess() {
        return new Terminal(
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                System.out.charset(),
                Boolean.getBoolean(INTERACTIVE));
    }

    PrintWriter out() {
        return out;
    }

    PrintWriter err() {
        return err;
    }

    /** Whether {@code out} can show Unicode's block elements. */
    boolean blocks() {
        return blocks;
    }

    /** Whether someone watches {@code err}, so that lines may be drawn over. */
    boolean interactive() {
        return interactive;
    }

    /** Whether nobody reads {@code out} any more, as when {@code head} has had enough; there is nobody to tell it then. */
    boolean abandoned() {
        IOException failure = watched.failure;
        return failure != null && "Broken pipe".equals(failure.getMessage());
    }

    /**
     * Hands on what has been printed so far.
     *
     * @throws CommandException if it could not be written
     */
    void finish() {
        err.flush();
        out.flush();
        IOException failure = watched.failure;
        if (failure != null) {
            throw new CommandException("cannot write to standard output: " + Failures.describe(failure), failure);
        }
    }
}
