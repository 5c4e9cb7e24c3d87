package dev.gatun.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.gatun.spec.Shape;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads safetensors: a little-endian header length, a JSON object of {@code name -> dtype, shape, data_offsets}, then
 * the data. The offsets have to cover the data without gap or overlap, as the reference implementation asks.
 */
final class Safetensors implements Container {
    /** {@code MAX_HEADER_SIZE} of the reference implementation (huggingface/safetensors, tensor.rs). */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final int LENGTH_BYTES = Long.BYTES;
    private static final int MAX_TENSORS = 1 << 17;
    private static final String METADATA = "__metadata__";

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxDocumentLength(MAX_HEADER_BYTES)
                    .maxStringLength(1 << 24)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private record Entry(TensorInfo info, long begin, long end) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return begin == other.begin ? Long.compare(end, other.end) : Long.compare(begin, other.begin);
        }
    }

    @Override
    public String title() {
        return "safetensors";
    }

    @Override
    public boolean recognises(FileBytes file) {
        return file.has(LENGTH_BYTES, new byte[] {'{'});
    }

    @Override
    public WeightSource read(FileBytes file) {
        long headerBytes = file.bytes(0, LENGTH_BYTES).getLong();
        if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES) {
            throw file.malformed("safetensors header of " + Long.toUnsignedString(headerBytes)
                    + " bytes, expected at most " + MAX_HEADER_BYTES);
        }
        file.requireRange(LENGTH_BYTES, headerBytes, "safetensors header");
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        byte[] header = file.bytes(LENGTH_BYTES, (int) headerBytes).array();
        try (JsonParser json = JSON.createParser(header)) {
            parse(file, json, metadata, entries);
        } catch (IOException | ArithmeticException e) {
            throw new WeightFormatException(
                    file.origin(), "malformed safetensors header: " + WeightFormatException.reason(e), e);
        }
        long data = LENGTH_BYTES + headerBytes;
        return new FileWeights(title(), file, metadata, place(file, entries, data));
    }

    private static void parse(FileBytes file, JsonParser json, Map<String, String> metadata, List<Entry> entries)
            throws IOException {
        expect(file, json.nextToken(), JsonToken.START_OBJECT, "the header");
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            expect(file, json.nextToken(), JsonToken.START_OBJECT, "'" + name + "'");
            if (name.equals(METADATA)) {
                for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
                    expect(file, json.nextToken(), JsonToken.VALUE_STRING, METADATA + " '" + key + "'");
                    metadata.put(key, json.getText());
                }
            } else {
                entries.add(entry(file, json, name));
                if (entries.size() > MAX_TENSORS) {
                    throw file.malformed("more than " + MAX_TENSORS + " tensors");
                }
            }
        }
        expect(file, json.currentToken(), JsonToken.END_OBJECT, "the header");
        if (json.nextToken() != null) {
            throw file.malformed("malformed safetensors header: text after the JSON object");
        }
    }

    private static Entry entry(FileBytes file, JsonParser json, String name) throws IOException {
        @Nullable ElementType type = null;
        @Nullable List<Long> shape = null;
        @Nullable List<Long> offsets = null;
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            json.nextToken();
            switch (key) {
                case "dtype" -> type = type(file, json, name);
                case "shape" -> shape = naturals(file, json, name + " shape", TorchTensor.MAX_RANK);
                case "data_offsets" -> offsets = naturals(file, json, name + " data_offsets", 2);
                default -> json.skipChildren();
            }
        }
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw file.malformed("tensor '" + name + "' needs dtype, shape and two data_offsets");
        }
        TensorInfo info = new TensorInfo(name, type, new Shape(shape));
        long begin = offsets.get(0);
        long end = offsets.get(1);
        long bytes = Math.multiplyExact(info.shape().elements(), type.bytes());
        if (end < begin || end - begin != bytes) {
            throw file.malformed(info + " has data_offsets " + offsets + ", expected " + bytes + " bytes");
        }
        return new Entry(info, begin, end);
    }

    private static ElementType type(FileBytes file, JsonParser json, String name) throws IOException {
        expect(file, json.currentToken(), JsonToken.VALUE_STRING, name + " dtype");
        String dtype = json.getText();
        for (ElementType type : ElementType.values()) {
            if (type.name().equals(dtype)) {
                return type;
            }
        }
        throw file.malformed("tensor '" + name + "' has unknown dtype '" + dtype + "'");
    }

    private static List<Long> naturals(FileBytes file, JsonParser json, String what, int limit) throws IOException {
        expect(file, json.currentToken(), JsonToken.START_ARRAY, what);
        List<Long> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(file, json.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
            long value = json.getLongValue();
            if (value < 0 || values.size() == limit) {
                throw file.malformed(what + " has a negative number or more than " + limit);
            }
            values.add(value);
        }
        return values;
    }

    private static List<RawTensor> place(FileBytes file, List<Entry> entries, long data) {
        List<RawTensor> tensors = new ArrayList<>(entries.size());
        long covered = 0;
        Collections.sort(entries);
        for (Entry entry : entries) {
            if (entry.begin() != covered) {
                throw file.malformed(entry.info() + " starts at byte " + entry.begin() + " of the data, expected "
                        + covered + ": tensors overlap or leave a gap");
            }
            covered = entry.end();
            tensors.add(RawTensor.contiguous(entry.info(), data + entry.begin(), ByteOrder.LITTLE_ENDIAN));
        }
        if (covered != file.size() - data) {
            throw file.malformed("truncated or overlong: the header describes " + covered
                    + " bytes of data, the file has " + (file.size() - data));
        }
        return tensors;
    }

    private static void expect(FileBytes file, @Nullable JsonToken found, JsonToken expected, String where) {
        if (found != expected) {
            throw file.malformed("malformed safetensors header: " + where + " is " + found + ", expected " + expected);
        }
    }
}
