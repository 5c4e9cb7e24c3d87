package dev.gatun.cli;

import dev.gatun.Prediction;
import java.nio.file.Path;
import java.util.Locale;

/** How {@code gatun classify} prints what it found. */
interface ClassifyReport {
    /** Tells what is computed. */
    void begin(String model);

    /** Tells what an image shows. */
    void image(Path file, TimedClassifier.Result result);

    /** For people. */
    record Table(Terminal terminal) implements ClassifyReport {
        private static final int BAR_WIDTH = 20;

        @Override
        public void begin(String model) {
            terminal.out().println(Text.printable(model));
        }

        @Override
        public void image(Path file, TimedClassifier.Result result) {
            terminal.out().println();
            terminal.out()
                    .println(String.format(
                            Locale.ROOT, "%s (%.2f ms)", Text.printable(file.toString()), result.milliseconds()));
            for (Prediction prediction : result.top()) {
                terminal.out()
                        .println(String.format(
                                Locale.ROOT,
                                "  %6.2f %%  %s  %s",
                                prediction.probability() * 100,
                                Bar.of(prediction.probability(), BAR_WIDTH, terminal.blocks()),
                                Text.printable(prediction.label())));
            }
        }
    }

    /** JSON, an object for each image. */
    record Lines(Terminal terminal, String model, String precision) implements ClassifyReport {
        @Override
        public void begin(String description) {
            terminal.err().println(Text.printable(description));
        }

        @Override
        public void image(Path file, TimedClassifier.Result result) {
            Json.println(terminal.out(), json -> {
                json.writeStringField("file", file.toString());
                json.writeStringField("model", model);
                json.writeStringField("precision", precision);
                json.writeArrayFieldStart("top");
                for (Prediction prediction : result.top()) {
                    json.writeStartObject();
                    json.writeNumberField("index", prediction.index());
                    json.writeStringField("label", prediction.label());
                    json.writeNumberField("probability", prediction.probability());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeNumberField("ms", Json.thousandths(result.milliseconds()));
            });
        }
    }
}
