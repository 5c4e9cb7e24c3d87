package dev.gatun.quantize;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of a JSON document, which asks for its fields by name and type.
 *
 * @param where what messages call it
 * @param fields strings, numbers, booleans, lists and maps
 */
record Json(String where, Map<?, ?> fields) {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(8).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Writes the fields of an object. */
    @FunctionalInterface
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** An object with these fields. */
    static String write(Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /**
     * Reads an object.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Json read(String where, String text) {
        try (JsonParser json = FACTORY.createParser(text)) {
            if (json.nextToken() == JsonToken.START_OBJECT && value(json) instanceof Map<?, ?> fields) {
                return new Json(where, fields);
            }
            throw new IllegalArgumentException(where + " is no JSON object");
        } catch (IOException e) {
            throw new IllegalArgumentException(where + " is malformed JSON: " + e.getMessage(), e);
        }
    }

    private static Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                    json.nextToken();
                    fields.put(name, value(json));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(json));
                }
                yield elements;
            }
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw new IOException("unexpected " + json.currentToken());
        };
    }

    private <T> T field(String name, Class<T> type, String expected) {
        Object value = fields.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(where + ": '" + name + "' is " + value + ", expected " + expected);
        }
        return type.cast(value);
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    String string(String name) {
        return field(name, String.class, "a string");
    }

    @Nullable
    String stringOrNull(String name) {
        return has(name) ? string(name) : null;
    }

    boolean bool(String name) {
        return field(name, Boolean.class, "true or false");
    }

    float number(String name) {
        return field(name, Double.class, "a number").floatValue();
    }

    double numberOr(String name, double absent) {
        return has(name) ? field(name, Double.class, "a number") : absent;
    }

    int integer(String name) {
        return integer(name, field(name, Double.class, "an integer"));
    }

    private int integer(String name, double value) {
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(where + ": '" + name + "' is " + value + ", expected an integer");
        }
        return (int) value;
    }

    Json object(String name) {
        return new Json(where + " " + name, field(name, Map.class, "an object"));
    }

    private <T> List<T> list(String name, Class<T> type, String expected) {
        List<T> elements = new ArrayList<>();
        for (Object element : field(name, List.class, "a list of " + expected)) {
            if (!type.isInstance(element)) {
                throw new IllegalArgumentException(
                        where + ": '" + name + "' has " + element + ", expected a list of " + expected);
            }
            elements.add(type.cast(element));
        }
        return elements;
    }

    List<Json> objects(String name) {
        return list(name, Map.class, "objects").stream()
                .map(fields -> new Json(where + " " + name, fields))
                .toList();
    }

    List<String> strings(String name) {
        return list(name, String.class, "strings");
    }

    List<Float> numbers(String name) {
        return list(name, Double.class, "numbers").stream()
                .map(Double::floatValue)
                .toList();
    }

    List<Integer> integers(String name) {
        return list(name, Double.class, "integers").stream()
                .map(value -> integer(name, value))
                .toList();
    }
}
