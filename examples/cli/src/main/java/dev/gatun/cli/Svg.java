package dev.gatun.cli;

import java.util.Locale;

/** Text of HTML and SVG. Colours are classes, so that the page's style has them once. */
final class Svg {
    private final StringBuilder text = new StringBuilder();

    /**
     * A drawing.
     *
     * @param width in its own units, which the page scales
     * @param height in its own units
     * @param title for those who do not see it
     */
    Svg(double width, double height, String title) {
        add(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">",
                width,
                height,
                escape(title)));
    }

    /**
     * A drawing that is a file of its own.
     *
     * @param width in pixels
     * @param height in pixels
     * @param title for those who do not see it
     * @param style of its classes
     */
    static Svg file(double width, double height, String title, String style) {
        Svg svg = new Svg();
        svg.add(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\""
                        + " role=\"img\" aria-label=\"%s\">",
                width,
                height,
                width,
                height,
                escape(title)));
        return svg.add("<style>\n" + style + "</style>");
    }

    private Svg() {}

    /** What HTML gives a meaning to is text here. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private Svg add(String element) {
        text.append(element).append('\n');
        return this;
    }

    Svg rect(String style, double x, double y, double width, double height) {
        return add(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>",
                style,
                x,
                y,
                width,
                height));
    }

    Svg line(String style, double x1, double y1, double x2, double y2) {
        return add(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\"/>",
                style,
                x1,
                y1,
                x2,
                y2));
    }

    Svg circle(String style, double x, double y, double radius) {
        return add(String.format(
                Locale.ROOT, "<circle class=\"%s\" cx=\"%.2f\" cy=\"%.2f\" r=\"%.2f\"/>", style, x, y, radius));
    }

    Svg text(String style, double x, double y, String words) {
        return add(String.format(
                Locale.ROOT, "<text class=\"%s\" x=\"%.2f\" y=\"%.2f\">%s</text>", style, x, y, escape(words)));
    }

    /** Begins what shows {@code words} when the pointer rests on it. */
    Svg begin(String words) {
        return add(String.format(Locale.ROOT, "<g><title>%s</title>", escape(words)));
    }

    Svg end() {
        return add("</g>");
    }

    /** The whole drawing. */
    String finish() {
        return text + "</svg>\n";
    }
}
