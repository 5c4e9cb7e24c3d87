package dev.gatun.cli;

import dev.gatun.quantize.Bar;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A share and decibels. */
final class BarOption implements ITypeConverter<Bar> {
    private static final Pattern FORM = Pattern.compile("([01](?:\\.\\d{1,6})?)(?:,(-?\\d{1,3}(?:\\.\\d{1,3})?))?");

    @Override
    public Bar convert(String value) {
        Matcher matcher = FORM.matcher(value);
        if (!matcher.matches() || Double.parseDouble(matcher.group(1)) > 1) {
            throw new TypeConversionException("'" + value
                    + "' is no bar, expected a share from 0 to 1 and perhaps decibels, such as 0.98 or 0.98,25");
        }
        double decibels = matcher.group(2) == null ? Bar.DEFAULT.decibels() : Double.parseDouble(matcher.group(2));
        return new Bar(Double.parseDouble(matcher.group(1)), decibels);
    }
}
