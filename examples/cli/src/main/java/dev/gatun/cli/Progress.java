package dev.gatun.cli;

import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far something long is, on stderr: a bar where someone watches, else a line for every tenth. Thread-safe. */
interface Progress extends AutoCloseable {
    /**
     * Tells how far it is.
     *
     * @param done so far
     * @param total of all, or -1 if unknown; the same every time
     */
    void at(long done, long total);

    @Override
    void close();

    /**
     * Progress of one thing.
     *
     * @param title of what is done
     * @param unit that people read
     * @param unitSize what {@link #at} counts of a unit
     */
    static Progress on(Terminal terminal, String title, String unit, long unitSize) {
        return terminal.interactive()
                ? new Drawn(terminal, title, unit, unitSize)
                : new Lines(terminal, title, unit, unitSize);
    }

    /** A bar that is drawn over itself. */
    final class Drawn implements Progress {
        private static final int WIDTH = 79;

        private final ProgressBar bar;
        private final Terminal terminal;

        Drawn(Terminal terminal, String title, String unit, long unitSize) {
            this.terminal = terminal;
            this.bar = new ProgressBarBuilder()
                    .setTaskName(title)
                    .setInitialMax(-1)
                    .setUnit(" " + unit, unitSize)
                    .setStyle(terminal.blocks() ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
                    .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH))
                    .build();
        }

        private void draw(String line) {
            terminal.err().print("\r" + line);
            terminal.err().flush();
        }

        @Override
        public void at(long done, long total) {
            bar.maxHint(total);
            bar.stepTo(done);
        }

        @Override
        public void close() {
            bar.close();
            terminal.err().println();
        }
    }

    /** For logs. */
    final class Lines implements Progress {
        private static final int TENTHS = 10;

        private final Terminal terminal;
        private final String title;
        private final String unit;
        private final long unitSize;
        private long tenths;

        Lines(Terminal terminal, String title, String unit, long unitSize) {
            this.terminal = terminal;
            this.title = title;
            this.unit = unit;
            this.unitSize = unitSize;
        }

        @Override
        public synchronized void at(long done, long total) {
            if (total > 0 && done * TENTHS / total > tenths) {
                tenths = done * TENTHS / total;
                terminal.err()
                        .println(String.format(
                                Locale.ROOT,
                                "%s: %d of %d %s (%d %%)",
                                title,
                                done / unitSize,
                                total / unitSize,
                                unit,
                                done * 100 / total));
            }
        }

        @Override
        public void close() {}
    }
}
