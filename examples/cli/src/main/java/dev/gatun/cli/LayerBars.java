package dev.gatun.cli;

import dev.gatun.profile.LayerProfile;
import dev.gatun.profile.Profile;
import java.util.List;

/** A bar for every layer: as long as the time it takes, filled as far as it has to. */
final class LayerBars {
    private static final double WIDTH = 960;
    private static final double ROW = 17;
    private static final double BAR = 11;
    private static final double TOP = 24;
    private static final double NAMES = 230;
    private static final double NUMBERS = 130;

    private LayerBars() {}

    static String draw(Profile profile, ProfileReport report) {
        List<LayerProfile> layers = profile.layers();
        double longest = layers.stream().mapToDouble(LayerProfile::nanos).max().orElse(1);
        double bottom = TOP + ROW * layers.size();
        Svg svg = new Svg(WIDTH, bottom + 6, "time of every layer");
        double step = Axis.step(longest / ProfileReport.MILLION, 5);
        for (double tick = 0; tick <= longest / ProfileReport.MILLION; tick += step) {
            double x = x(tick * ProfileReport.MILLION, longest);
            svg.line("grid", x, TOP - 6, x, bottom);
            svg.text("tick middle", x, TOP - 10, Axis.label(tick) + " ms");
        }
        double y = TOP;
        for (LayerProfile layer : layers) {
            bar(svg, layer, y, longest, report);
            y += ROW;
        }
        return svg.finish();
    }

    private static void bar(Svg svg, LayerProfile layer, double y, double longest, ProfileReport report) {
        double bound = Math.min(layer.boundNanos().orElse(0), layer.nanos());
        svg.begin(String.join(" · ", report.cells(layer)));
        svg.rect("hover", 0, y, WIDTH, ROW);
        svg.text("end", NAMES - 8, y + BAR, layer.cost().name());
        svg.rect("rest", NAMES, y + 2, x(layer.nanos(), longest) - NAMES, BAR);
        svg.rect(layer.computeBound() ? "compute" : "memory", NAMES, y + 2, x(bound, longest) - NAMES, BAR);
        svg.text(
                "number",
                x(layer.nanos(), longest) + 6,
                y + BAR,
                ProfileReport.number("%.3f ms, ", layer.nanos() / ProfileReport.MILLION)
                        + ProfileReport.percent(layer.efficiency()));
        svg.end();
    }

    private static double x(double nanos, double longest) {
        return NAMES + (WIDTH - NAMES - NUMBERS) * nanos / longest;
    }
}
