package dev.gatun.cli;

import java.util.Locale;

/**
 * How {@code gatun evaluate} prints what it found.
 *
 * @param model name of the variant
 * @param weights what they are
 * @param precision computed in
 * @param threads that computed
 * @param batch of a run
 */
record EvaluateReport(String model, String weights, String precision, int threads, int batch) {
    String title() {
        return model + " with weights " + weights + ", " + precision + ", " + Text.count(threads, "thread") + ", batch "
                + batch;
    }

    void print(Terminal terminal, boolean json, Score score, double seconds) {
        double rate = score.images() / seconds;
        if (json) {
            Json.println(terminal.out(), fields -> {
                fields.writeStringField("model", model);
                fields.writeStringField("weights", weights);
                fields.writeStringField("precision", precision);
                fields.writeNumberField("images", score.images());
                fields.writeNumberField("unreadable", score.unreadable());
                fields.writeNumberField("top1", score.top1());
                fields.writeNumberField("top5", score.top5());
                fields.writeNumberField("top1Accuracy", score.top1Accuracy());
                fields.writeNumberField("top5Accuracy", score.top5Accuracy());
                fields.writeNumberField("seconds", Json.thousandths(seconds));
                fields.writeNumberField("imagesPerSecond", Json.thousandths(rate));
                fields.writeNumberField("threads", threads);
                fields.writeNumberField("batch", batch);
            });
            return;
        }
        terminal.out().println(Text.printable(title()));
        row(terminal, "images", Integer.toString(score.images()));
        if (score.unreadable() > 0) {
            row(terminal, "unreadable", Integer.toString(score.unreadable()));
        }
        row(terminal, "top-1", String.format(Locale.ROOT, "%d (%.2f %%)", score.top1(), score.top1Accuracy() * 100));
        row(terminal, "top-5", String.format(Locale.ROOT, "%d (%.2f %%)", score.top5(), score.top5Accuracy() * 100));
        row(terminal, "images/s", String.format(Locale.ROOT, "%.1f (%.1f s)", rate, seconds));
    }

    private static void row(Terminal terminal, String name, String value) {
        terminal.out().println(String.format(Locale.ROOT, "  %-11s %s", name, value));
    }
}
