package dev.gatun.cli;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The error table as a picture: two bars for each model, from 0 %, with a line where the published error is. */
final class ErrorChart {
    private static final double WIDTH = 860;
    private static final double TITLE = 26;
    private static final double TOP = 64;
    private static final double ROW = 58;
    private static final double BAR = 18;
    private static final double NAMES = 250;
    private static final double NUMBERS = 190;
    private static final double LINE_BEYOND_BAR = 3;
    private static final int TICKS = 6;

    private static final String STYLE = """
            :root { --ink: #1f2328; --soft: #656d76; --grid: #d8dee4; --page: #ffffff; --one: #0969da; --five: #80b3ea }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #8d96a0; --grid: #30363d; --page: #0d1117;
              --one: #4493f8; --five: #2a5a96 } }
            text { fill: var(--ink); font: 12px system-ui, sans-serif } .title { font-size: 15px }
            .soft, .tick { fill: var(--soft) } .tick { text-anchor: middle } .end { text-anchor: end }
            .endsoft { text-anchor: end; fill: var(--soft) }
            .page { fill: var(--page) } .grid { stroke: var(--grid) }
            .one { fill: var(--one) } .five { fill: var(--five) }
            .published { stroke: var(--ink); stroke-width: 2 }
            """;

    private ErrorChart() {}

    /**
     * An error in percent.
     *
     * @param name of the measure
     * @param found in this evaluation
     * @param published for the weights, if it is known
     */
    record Measure(String name, double found, OptionalDouble published) {
        String words() {
            String words = String.format(Locale.ROOT, "%s %.2f %%", name, found);
            return published.isPresent()
                    ? words
                            + String.format(
                                    Locale.ROOT,
                                    ", published %.2f (%+.2f)",
                                    published.getAsDouble(),
                                    found - published.getAsDouble())
                    : words;
        }
    }

    /** A model. */
    record Row(String model, String weights, Measure top1, Measure top5) {}

    /** The picture, as SVG. */
    static String draw(String title, List<Row> rows) {
        double bottom = TOP + ROW * rows.size();
        Svg svg = Svg.file(WIDTH, bottom + 10, title, STYLE);
        svg.rect("page", 0, 0, WIDTH, bottom + 10);
        svg.text("title", 12, TITLE, title + " (%; the line is what is published)");
        double greatest = Math.max(
                1,
                rows.stream()
                        .flatMap(row -> Stream.of(row.top1(), row.top5()))
                        .flatMapToDouble(error ->
                                DoubleStream.of(error.found(), error.published().orElse(0)))
                        .max()
                        .orElse(1));
        double step = Axis.step(greatest, TICKS);
        for (int tick = 0; tick * step <= greatest; tick++) {
            double x = x(tick * step, greatest);
            svg.line("grid", x, TOP - 8, x, bottom);
            svg.text("tick", x, TOP - 12, Axis.label(tick * step));
        }
        double y = TOP;
        for (Row row : rows) {
            svg.text("end", NAMES - 12, y + 14, row.model());
            svg.text("endsoft", NAMES - 12, y + 14 + BAR, shortened(row.weights()));
            bar(svg, "one", row.top1(), y, greatest);
            bar(svg, "five", row.top5(), y + BAR + 4, greatest);
            y += ROW;
        }
        return svg.finish();
    }

    private static void bar(Svg svg, String style, Measure error, double y, double greatest) {
        svg.rect(style, NAMES, y, x(error.found(), greatest) - NAMES, BAR);
        error.published().ifPresent(published -> {
            double x = x(published, greatest);
            svg.line("published", x, y - LINE_BEYOND_BAR, x, y + BAR + LINE_BEYOND_BAR);
        });
        double end = Math.max(error.found(), error.published().orElse(0));
        svg.text("soft", x(end, greatest) + 8, y + 13, error.words());
    }

    /** Of a path its end says most. */
    private static String shortened(String weights) {
        int most = 36;
        return weights.length() <= most ? weights : "…" + weights.substring(weights.length() - most);
    }

    private static double x(double percent, double greatest) {
        return NAMES + (WIDTH - NAMES - NUMBERS) * percent / greatest;
    }
}
