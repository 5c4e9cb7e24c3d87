package dev.gatun.cli;

/** Horizontal bars of text. */
final class Bar {
    /** An eighth of a character to a whole one; Unicode, Block Elements. */
    static final String GLYPHS = "▏▎▍▌▋▊▉█";

    private static final int EIGHTHS = GLYPHS.length();

    private Bar() {}

    /**
     * A bar that fills {@code fraction} of {@code width} characters, and spaces for the rest.
     *
     * @param blocks whether in eighths of characters, else in whole {@code #}
     */
    static String of(double fraction, int width, boolean blocks) {
        double clamped = Math.clamp(fraction, 0.0, 1.0);
        String bar = blocks ? blocks(clamped, width) : "#".repeat((int) Math.round(clamped * width));
        return bar + " ".repeat(width - bar.length());
    }

    private static String blocks(double fraction, int width) {
        int eighths = (int) Math.round(fraction * width * EIGHTHS);
        String whole = GLYPHS.substring(EIGHTHS - 1).repeat(eighths / EIGHTHS);
        int rest = eighths % EIGHTHS;
        return rest == 0 ? whole : whole + GLYPHS.charAt(rest - 1);
    }
}
