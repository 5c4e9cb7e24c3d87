package dev.gatun.json;

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
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value that is asked for what it is expected to hold; {@link IllegalArgumentException} says where it holds something else.
 *
 * @param path where it stands, for messages
 * @param value a map, list, string, number, boolean or null
 */
public record Json(String path, @Nullable Object value) {
    /** The configuration of a ResNet-1202 has 3 MB and is 12 levels deep. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxDocumentLength(1L << 26)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Writes the members of an object. */
    @FunctionalInterface
    public interface Members {
        /** Writes each with its name. */
        void write(JsonGenerator json) throws IOException;
    }

    /** The object with these members as text. */
    public static String write(Members members) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Writes a member that is a list of strings. */
    public static void writeTexts(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    /** The value that {@code text} is; {@link IllegalArgumentException} if it is malformed, too long or too deep. */
    public static Json parse(String text) {
        return parse("", text);
    }

    /** As {@link #parse(String)}, for a text that has a name, which messages start with. */
    public static Json parse(String name, String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            Json json = new Json(name, read(parser));
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("text after the end of the JSON");
            }
            return json;
        } catch (IOException e) {
            String where = name.isEmpty() ? "" : name + " is ";
            throw new IllegalArgumentException(where + "malformed JSON: " + e.getMessage(), e);
        }
    }

    /** The parser's nesting limit bounds the recursion. */
    private static @Nullable Object read(JsonParser parser) throws IOException {
        @Nullable JsonToken token = parser.currentToken();
        if (token == null) {
            throw new IOException("it ends too early");
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                    parser.nextToken();
                    map.put(name, read(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(read(parser));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            case VALUE_NULL -> null;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> throw new IOException("unexpected " + token);
        };
    }

    /** Whether there is nothing. */
    public boolean isNull() {
        return value == null;
    }

    /** Whether it is an object. */
    public boolean isObject() {
        return value instanceof Map;
    }

    /** Whether it is a list. */
    public boolean isArray() {
        return value instanceof List;
    }

    /** Whether it is a string. */
    public boolean isText() {
        return value instanceof String;
    }

    /** The member of this name; null where an object has none. */
    public Json get(String name) {
        if (!(value instanceof Map<?, ?> map)) {
            throw expected("an object");
        }
        return new Json(path.isEmpty() ? name : path + "." + name, map.get(name));
    }

    /** The elements of a list. */
    public List<Json> elements() {
        if (!(value instanceof List<?> list)) {
            throw expected("a list");
        }
        return IntStream.range(0, list.size())
                .mapToObj(i -> new Json(path + "[" + i + "]", list.get(i)))
                .toList();
    }

    /** The strings of a list. */
    public List<String> texts() {
        return elements().stream().map(Json::text).toList();
    }

    /** The names of an object's members. */
    public List<String> names() {
        if (!(value instanceof Map<?, ?> map)) {
            throw expected("an object");
        }
        return map.keySet().stream().map(String::valueOf).toList();
    }

    /** The values of an object. */
    public List<Json> members() {
        if (!(value instanceof Map<?, ?> map)) {
            throw expected("an object");
        }
        return map.entrySet().stream()
                .map(entry -> new Json(path + "." + entry.getKey(), entry.getValue()))
                .toList();
    }

    /** A string. */
    public String text() {
        if (!(value instanceof String text)) {
            throw expected("a string");
        }
        return text;
    }

    /** A string, or this where there is nothing. */
    public String text(String ifNull) {
        return isNull() ? ifNull : text();
    }

    /** True or false, or this where there is nothing. */
    public boolean flag(boolean ifNull) {
        return isNull() ? ifNull : flag();
    }

    /** True or false. */
    public boolean flag() {
        if (!(value instanceof Boolean flag)) {
            throw expected("true or false");
        }
        return flag;
    }

    /** A number. */
    public double number() {
        if (!(value instanceof Double number)) {
            throw expected("a number");
        }
        return number;
    }

    /** The constant that {@code name} calls like this. */
    public <E extends Enum<E>> E constant(Class<E> type, Function<E, String> name) {
        String text = text();
        for (E constant : type.getEnumConstants()) {
            if (name.apply(constant).equals(text)) {
                return constant;
            }
        }
        throw expected("a " + type.getSimpleName());
    }

    /** A number, or this where there is nothing. */
    public double number(double ifNull) {
        return isNull() ? ifNull : number();
    }

    /** A number without fraction that an int holds. */
    public int integer() {
        double number = number();
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw expected("an integer");
        }
        return (int) number;
    }

    /** An integer, or this where there is nothing. */
    public int integer(int ifNull) {
        return isNull() ? ifNull : integer();
    }

    private IllegalArgumentException expected(String what) {
        String found = String.valueOf(value);
        return new IllegalArgumentException("its " + (path.isEmpty() ? "JSON" : path) + " is "
                + (found.length() > 60 ? found.substring(0, 60) + "..." : found) + ", expected " + what);
    }
}
