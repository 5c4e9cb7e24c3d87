package dev.gatun.cli;

import dev.gatun.profile.LayerProfile;
import dev.gatun.profile.Profile;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A profile as a page that needs no other file, script or font. */
final class ProfilePage {
    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1f2328; --soft: #656d76; --grid: #d8dee4; --page: #ffffff;
              --compute: #0969da; --memory: #bc4c00; --rest: #dde3ea; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #8d96a0; --grid: #30363d; --page: #0d1117;
              --compute: #4493f8; --memory: #e0823d; --rest: #2b323b; } }
            body { margin: 2rem auto; max-width: 1040px; padding: 0 1rem; background: var(--page); color: var(--ink);
              font: 15px/1.5 system-ui, sans-serif; }
            h1 { font-size: 1.5rem; margin: 0 0 .5rem } h2 { font-size: 1.1rem; margin: 2rem 0 .25rem }
            p { margin: .25rem 0 1rem; color: var(--soft) }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: 0 }
            dt { color: var(--soft) } dd { margin: 0 }
            svg { width: 100%; height: auto; font: 11px system-ui, sans-serif }
            svg text { fill: var(--ink) } svg .tick, svg .number { fill: var(--soft) }
            .middle { text-anchor: middle } .end { text-anchor: end }
            .grid { stroke: var(--grid) } .roof { stroke: var(--ink); stroke-width: 1.5 }
            .compute, i.compute { fill: var(--compute); background: var(--compute) }
            .memory, i.memory { fill: var(--memory); background: var(--memory) }
            .rest, i.rest { fill: var(--rest); background: var(--rest) }
            .point { fill-opacity: .55; stroke: var(--page) }
            .hover { fill: transparent } g:hover > .hover { fill: var(--grid); fill-opacity: .4 }
            i { display: inline-block; width: .8em; height: .8em; margin-right: .4em }
            span.key { margin-right: 1.5em; white-space: nowrap }
            .wide { overflow-x: auto }
            table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; width: 100% }
            th, td { padding: .15rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid) }
            th { color: var(--soft); font-weight: 500 } .name { text-align: left }
            """;

    private static final String KEY = """
            <p><span class="key"><i class="compute"></i>least time, set by multiply-accumulates</span>\
            <span class="key"><i class="memory"></i>least time, set by bytes</span>\
            <span class="key"><i class="rest"></i>the rest of the time</span></p>
            """;

    private final ProfileReport report;
    private final Profile profile;
    private final StringBuilder html = new StringBuilder();

    ProfilePage(ProfileReport report) {
        this.report = report;
        this.profile = report.profile();
    }

    /** The whole page. */
    String html() {
        String title = Svg.escape("Profile of " + report.model());
        html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>")
                .append(title)
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>")
                .append(title)
                .append("</h1>\n");
        html.append("<dl>\n");
        report.facts()
                .forEach((name, value) -> html.append("<dt>")
                        .append(Svg.escape(name))
                        .append("</dt><dd>")
                        .append(Svg.escape(value))
                        .append("</dd>\n"));
        html.append("</dl>\n");
        section("Time of every layer", KEY);
        html.append(LayerBars.draw(profile, report));
        section(
                "Roofline",
                "<p>Speed over intensity, both in powers of ten; no layer gets above the lines but those by winograd, which need a quarter of the"
                        + " multiplications that they are counted with. Area is time.</p>\n");
        html.append(RooflineChart.draw(profile, report));
        section("By implementation", "");
        table(List.of("implementation", "steps", "ms", "share", "GMAC/s"), 1, implementations());
        section("Layers", "");
        table(
                List.of(
                        "layer",
                        "implementation",
                        "type",
                        "ms",
                        "share",
                        "GMAC/s",
                        "MB",
                        "GB/s",
                        "roofline",
                        "bound by"),
                3,
                profile.layers().stream()
                        .map(layer -> List.of(report.cells(layer)))
                        .toList());
        return html.append("</body>\n</html>\n").toString();
    }

    private void section(String title, String explanation) {
        html.append("<h2>").append(title).append("</h2>\n").append(explanation);
    }

    private List<List<String>> implementations() {
        Map<String, List<LayerProfile>> groups = profile.layers().stream()
                .collect(Collectors.groupingBy(
                        layer -> layer.cost().implementation(), TreeMap::new, Collectors.toList()));
        return groups.entrySet().stream()
                .sorted(Comparator.comparingDouble(
                        (Map.Entry<String, List<LayerProfile>> group) -> -nanos(group.getValue())))
                .map(group -> row(group.getKey(), group.getValue()))
                .toList();
    }

    private List<String> row(String implementation, List<LayerProfile> layers) {
        double nanos = nanos(layers);
        long macs = layers.stream().mapToLong(layer -> layer.cost().macs()).sum();
        return List.of(
                implementation,
                Integer.toString(layers.size()),
                ProfileReport.number("%.3f", nanos / ProfileReport.MILLION),
                ProfileReport.number("%.1f %%", ProfileReport.PERCENT * nanos / profile.layerNanos()),
                macs > 0 ? ProfileReport.number("%.1f", macs / nanos) : "");
    }

    private static double nanos(List<LayerProfile> layers) {
        return layers.stream().mapToDouble(LayerProfile::nanos).sum();
    }

    /** A table whose first columns are words. */
    private void table(List<String> titles, int words, List<List<String>> rows) {
        html.append("<div class=\"wide\"><table>\n<thead>");
        row("th", titles, words);
        html.append("</thead>\n<tbody>\n");
        rows.forEach(row -> row("td", row, words));
        html.append("</tbody>\n</table></div>\n");
    }

    private void row(String tag, List<String> cells, int words) {
        html.append("<tr>");
        for (int i = 0; i < cells.size(); i++) {
            html.append('<').append(tag).append(i < words ? " class=\"name\">" : ">");
            html.append(Svg.escape(cells.get(i))).append("</").append(tag).append('>');
        }
        html.append("</tr>\n");
    }
}
