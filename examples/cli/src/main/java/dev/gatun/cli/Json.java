package dev.gatun.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** JSON, one object a line. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final double THOUSAND = 1000;

    private Json() {}

    /** Writes the fields of an object. */
    @FunctionalInterface
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** Prints an object with these fields. */
    static void println(PrintWriter out, Fields fields) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(line)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println(line);
    }

    /** A measured number without digits that mean nothing. */
    static double thousandths(double value) {
        return Math.round(value * THOUSAND) / THOUSAND;
    }
}
