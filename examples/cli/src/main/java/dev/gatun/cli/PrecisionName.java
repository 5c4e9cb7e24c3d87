package dev.gatun.cli;

import dev.gatun.spec.Precision;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A precision as users write it. */
final class PrecisionName implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String text) {
        try {
            return Precision.named(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
