package dev.gatun.cli;

import dev.gatun.onednn.DataType;
import dev.gatun.profile.LayerProfile;
import dev.gatun.profile.Profile;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/** The roofline model (Williams, Waterman and Patterson 2009): speed over intensity, both in powers of ten, and the limits above. */
final class RooflineChart {
    private static final double WIDTH = 960;
    private static final double HEIGHT = 440;
    private static final double LEFT = 64;
    private static final double RIGHT = 30;
    private static final double TOP = 20;
    private static final double BOTTOM = 46;
    private static final double LARGEST = 14;
    private static final double SMALLEST = 2.5;

    private final Profile profile;
    private final ProfileReport report;
    private final List<LayerProfile> layers;
    private final Svg svg = new Svg(WIDTH, HEIGHT, "roofline");
    private final double minX;
    private final double maxX;
    private final double minY;
    private final double maxY;

    private RooflineChart(Profile profile, ProfileReport report) {
        this.profile = profile;
        this.report = report;
        this.layers = profile.layers().stream()
                .filter(layer -> layer.cost().macs() > 0)
                .toList();
        double[] x = layers.stream().mapToDouble(LayerProfile::intensity).toArray();
        double[] y = DoubleStream.concat(
                        layers.stream().mapToDouble(LayerProfile::gmacs),
                        peaks().values().stream().mapToDouble(peak -> peak))
                .toArray();
        this.minX = floor(DoubleStream.of(x).min().orElse(1) / 2);
        this.maxX = ceil(DoubleStream.of(x).max().orElse(10) * 2);
        this.minY = floor(DoubleStream.of(y).min().orElse(1));
        this.maxY = ceil(DoubleStream.of(y).max().orElse(10) * 1.1);
    }

    static String draw(Profile profile, ProfileReport report) {
        return new RooflineChart(profile, report).draw();
    }

    /** The known peaks of all threads by type. */
    private Map<DataType, Double> peaks() {
        Map<DataType, Double> peaks = new TreeMap<>();
        profile.peaks().forEach((type, peak) -> {
            OptionalDouble gmacs = peak.gmacs(profile.threads());
            if (gmacs.isPresent()) {
                peaks.put(type, gmacs.getAsDouble());
            }
        });
        return peaks;
    }

    private String draw() {
        for (double exponent = minX; exponent <= maxX; exponent++) {
            double x = x(Math.pow(10, exponent));
            svg.line("grid", x, TOP, x, HEIGHT - BOTTOM);
            svg.text("tick middle", x, HEIGHT - BOTTOM + 16, Axis.label(Math.pow(10, exponent)));
        }
        for (double exponent = minY; exponent <= maxY; exponent++) {
            double y = y(Math.pow(10, exponent));
            svg.line("grid", LEFT, y, WIDTH - RIGHT, y);
            svg.text("tick end", LEFT - 8, y + 4, Axis.label(Math.pow(10, exponent)));
        }
        svg.text("tick end", WIDTH - RIGHT, HEIGHT - 8, "multiply-accumulates a byte");
        svg.text("tick", 4, TOP - 6, "GMAC/s");
        double highest =
                peaks().values().stream().mapToDouble(peak -> peak).max().orElse(Math.pow(10, maxY));
        slope("L2", profile.bandwidth().l2(), highest);
        slope("beyond L2", profile.bandwidth().beyondL2(), highest);
        peaks().forEach((type, peak) -> {
            svg.line("roof", LEFT, y(peak), WIDTH - RIGHT, y(peak));
            svg.text("end roofname", WIDTH - RIGHT - 4, y(peak) - 6, type + ProfileReport.number(" %.0f GMAC/s", peak));
        });
        double longest = layers.stream().mapToDouble(LayerProfile::nanos).max().orElse(1);
        for (LayerProfile layer : layers) {
            double radius = Math.max(SMALLEST, LARGEST * Math.sqrt(layer.nanos() / longest));
            svg.begin(String.join(" · ", report.cells(layer)));
            svg.circle(
                    layer.computeBound() ? "point compute" : "point memory",
                    x(layer.intensity()),
                    y(layer.gmacs()),
                    radius);
            svg.end();
        }
        return svg.finish();
    }

    /** What can be computed on as many bytes as can be read, from the chart's edge to the highest peak. */
    private void slope(String name, OptionalDouble core, double highest) {
        if (core.isEmpty()) {
            return;
        }
        double bandwidth = core.getAsDouble() * profile.threads();
        double from = Math.max(Math.pow(10, minX), Math.pow(10, minY) / bandwidth);
        double to = Math.min(Math.pow(10, maxX), highest / bandwidth);
        svg.line("roof", x(from), y(from * bandwidth), x(to), y(to * bandwidth));
        double middle = Math.sqrt(from * to);
        svg.text(
                "end roofname",
                x(middle) - 6,
                y(middle * bandwidth) - 4,
                name + ProfileReport.number(" %.0f GB/s", bandwidth));
    }

    private double x(double intensity) {
        return LEFT + (WIDTH - LEFT - RIGHT) * (Math.log10(intensity) - minX) / (maxX - minX);
    }

    private double y(double gmacs) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (Math.log10(gmacs) - minY) / (maxY - minY);
    }

    private static double floor(double value) {
        return Math.floor(Math.log10(value));
    }

    private static double ceil(double value) {
        return Math.ceil(Math.log10(value));
    }
}
