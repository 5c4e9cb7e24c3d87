package dev.gatun.cli;

import java.util.regex.Pattern;

/** Text for people. */
final class Text {
    private static final Pattern LINE_BREAK = Pattern.compile("\\s*\\R\\s*");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private Text() {}

    /** The text in one line without control characters, which file names and labels may have. */
    static String printable(String text) {
        String line = LINE_BREAK.matcher(text.strip()).replaceAll("; ").replace('\t', ' ');
        return CONTROL.matcher(line).replaceAll("?");
    }

    /** {@code count} things, in the singular if it is one. */
    static String count(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }
}
