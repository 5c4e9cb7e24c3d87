package dev.gatun.benchmarks.peers;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Results as a self-contained SVG: a panel of bars for each model and column, fastest first, ours in colour. */
final class Chart {
    private static final int WIDTH = 960;
    private static final int MARGIN = 24;
    private static final int HEAD = 64;
    private static final int PANEL_GAP = 28;
    private static final int PANEL_HEAD = 38;
    private static final int LABEL = 160;
    private static final int VALUE = 44;
    private static final int BAR = 14;
    private static final int STEP = 20;

    /** Plain colours, since librsvg and others know no variables. */
    private static final String STYLE = """
            <style>
            text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1f2328; }
            .title { font-size: 18px; font-weight: 600; }
            .model { font-size: 14px; font-weight: 600; }
            .us { font-weight: 600; }
            .muted { fill: #59636e; }
            .back { fill: #ffffff; }
            .ours { fill: #0a6ebd; }
            .peer { fill: #c3cad2; }
            .axis { stroke: #d8dee4; stroke-width: 1; }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3; }
              .muted { fill: #9aa4af; }
              .back { fill: #0d1117; }
              .ours { fill: #4aa8f0; }
              .peer { fill: #4a535e; }
              .axis { stroke: #30363d; }
            }
            </style>
            """;

    private final Results results;
    private final StringBuilder svg = new StringBuilder();

    private Chart(Results results) {
        this.results = results;
    }

    /** The document. */
    static String svg(Results results) {
        return new Chart(results).draw();
    }

    private String draw() {
        int y = HEAD;
        for (String model : results.models()) {
            text(MARGIN, y + 14, "model", "start", model);
            y += PANEL_HEAD;
            y = panels(model, y) + PANEL_GAP;
        }
        int height = y + MARGIN;
        text(MARGIN, height - MARGIN, "muted", "start", caption());
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\""
                                + " aria-labelledby=\"title\">%n<title id=\"title\">gatun and its peers</title>%n",
                        WIDTH,
                        height,
                        WIDTH,
                        height)
                + STYLE
                + "<rect class=\"back\" width=\"100%\" height=\"100%\"/>\n"
                + line("title", MARGIN, 34, "start", "gatun and its peers, same weights, same images, one run")
                + svg
                + "</svg>\n";
    }

    private String caption() {
        return results.environment().getOrDefault("cpu", "") + ", "
                + results.environment().getOrDefault("date", "") + ". Medians.";
    }

    private int panels(String model, int top) {
        List<Column> columns = results.columns();
        int width = (WIDTH - 2 * MARGIN - (columns.size() - 1) * PANEL_GAP) / columns.size();
        int bottom = top;
        for (int i = 0; i < columns.size(); i++) {
            bottom = Math.max(bottom, panel(model, columns.get(i), MARGIN + i * (width + PANEL_GAP), top, width));
        }
        return bottom;
    }

    private int panel(String model, Column column, int left, int top, int width) {
        List<Measurement> rows = results.entrants(model).stream()
                .map(entrant -> results.find(model, entrant, column))
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingDouble(
                        row -> column.scenario() == Scenario.LATENCY ? row.median() : -row.median()))
                .toList();
        boolean latency = column.scenario() == Scenario.LATENCY;
        text(left, top, "muted", "start", column.title() + (latency ? " (less is better)" : " (more is better)"));
        double most = rows.stream().mapToDouble(Measurement::median).max().orElse(1);
        int room = width - LABEL - VALUE;
        int y = top + 12;
        for (Measurement row : rows) {
            boolean ours = row.entrant().contestant() == Contestant.GATUN;
            double length = Math.max(1, room * row.median() / most);
            text(
                    left + LABEL - 8,
                    y + BAR - 3,
                    ours ? "us" : "",
                    "end",
                    row.entrant().toString());
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n",
                    ours ? "ours" : "peer",
                    left + LABEL,
                    y,
                    length,
                    BAR));
            text(
                    (int) (left + LABEL + length + 6),
                    y + BAR - 3,
                    ours ? "us" : "muted",
                    "start",
                    String.format(Locale.ROOT, latency ? "%.1f" : "%.0f", row.median()));
            y += STEP;
        }
        svg.append(String.format(
                Locale.ROOT,
                "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>%n",
                left + LABEL,
                top + 8,
                left + LABEL,
                y));
        return y;
    }

    private void text(int x, int y, String style, String anchor, String content) {
        svg.append(line(style, x, y, anchor, content));
    }

    private static String line(String style, int x, int y, String anchor, String content) {
        String escaped = content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return String.format(
                Locale.ROOT,
                "<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n",
                style,
                x,
                y,
                anchor,
                escaped);
    }
}
