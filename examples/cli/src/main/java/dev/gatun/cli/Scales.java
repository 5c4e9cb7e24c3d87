package dev.gatun.cli;

import dev.gatun.answers.MultiScale;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Lengths of the shorter side at which a network looks at whole images.
 *
 * @param sides in pixels; none where it looks at crops of one size
 */
record Scales(List<Integer> sides) {
    static final Scales NONE = new Scales(List.of());

    private static final String PAPER = "paper";

    /** Reads them. */
    static final class Converter implements ITypeConverter<Scales> {
        @Override
        public Scales convert(String text) {
            if (text.equals(PAPER)) {
                return new Scales(MultiScale.PAPER);
            }
            try {
                return new Scales(Arrays.stream(text.split(",", -1))
                        .map(side -> new PositiveInt().convert(side))
                        .toList());
            } catch (TypeConversionException e) {
                throw new TypeConversionException("'" + text + "', expected " + PAPER
                        + " or lengths with commas, such as 224,256: " + e.getMessage());
            }
        }
    }

    boolean given() {
        return !sides.isEmpty();
    }
}
