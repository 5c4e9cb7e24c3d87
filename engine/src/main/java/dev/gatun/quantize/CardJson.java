package dev.gatun.quantize;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.image.ChannelOrder;
import dev.gatun.image.Interpolation;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.spec.InputScaling;
import dev.gatun.spec.InputSpec;
import java.io.IOException;
import java.util.List;

/** What a network is called, how images are prepared for it, and what its classes are, as JSON. */
final class CardJson {
    private CardJson() {}

    static void write(QuantizedModel model, JsonGenerator json) throws IOException {
        Preprocessing preprocessing = model.preprocessing();
        Normalization normalization = preprocessing.normalization();
        json.writeStringField("name", model.name());
        json.writeObjectFieldStart("input");
        json.writeNumberField("channels", model.input().channels());
        json.writeNumberField("size", model.input().size());
        json.writeNumberField("multiple", model.input().multiple());
        json.writeStringField("scaling", model.input().scaling().name());
        json.writeEndObject();
        json.writeObjectFieldStart("preprocessing");
        json.writeNumberField("resize", preprocessing.resizeShorterSide());
        json.writeNumberField("crop_height", preprocessing.cropHeight());
        json.writeNumberField("crop_width", preprocessing.cropWidth());
        json.writeStringField("interpolation", preprocessing.interpolation().name());
        json.writeStringField("order", normalization.order().name());
        json.writeNumberField("divisor", normalization.divisor());
        floats("mean", normalization.mean(), json);
        floats("std", normalization.std(), json);
        json.writeEndObject();
        json.writeArrayFieldStart("labels");
        for (String label : model.labels()) {
            json.writeString(label);
        }
        json.writeEndArray();
    }

    private static void floats(String field, List<Float> values, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart(field);
        for (float value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }

    static InputSpec input(Json json) {
        return new InputSpec(
                json.integer("channels"),
                json.integer("size"),
                json.integer("multiple"),
                constant(InputScaling.class, json, "scaling"));
    }

    static Preprocessing preprocessing(Json json) {
        return new Preprocessing(
                json.integer("resize"),
                json.integer("crop_height"),
                json.integer("crop_width"),
                constant(Interpolation.class, json, "interpolation"),
                new Normalization(
                        constant(ChannelOrder.class, json, "order"),
                        json.number("divisor"),
                        json.numbers("mean"),
                        json.numbers("std")));
    }

    private static <E extends Enum<E>> E constant(Class<E> type, Json json, String field) {
        String name = json.string(field);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(name)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(json.where() + ": unknown " + field + " '" + name + "'");
    }
}
