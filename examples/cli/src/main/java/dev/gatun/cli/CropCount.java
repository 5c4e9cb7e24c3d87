package dev.gatun.cli;

import dev.gatun.image.Crops;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how many crops are wanted. */
final class CropCount implements ITypeConverter<Crops> {
    @Override
    public Crops convert(String text) {
        return Arrays.stream(Crops.values())
                .filter(crops -> text.equals(Integer.toString(crops.count())))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' crops, expected 1 or 10"));
    }
}
