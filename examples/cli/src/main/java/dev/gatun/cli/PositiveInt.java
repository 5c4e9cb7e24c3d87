package dev.gatun.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A whole number of at least 1. */
final class PositiveInt implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
        try {
            int value = Integer.parseInt(text);
            if (value >= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, as a number that is too small
        }
        throw new TypeConversionException("'" + text + "' is not a whole number of at least 1");
    }
}
