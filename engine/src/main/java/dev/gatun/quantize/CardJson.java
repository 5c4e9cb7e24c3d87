package dev.gatun.quantize;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.image.ChannelOrder;
import dev.gatun.image.Interpolation;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.json.Json;
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
        Json.writeTexts(json, "labels", model.labels());
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
                json.get("channels").integer(),
                json.get("size").integer(),
                json.get("multiple").integer(),
                json.get("scaling").constant(InputScaling.class, InputScaling::name));
    }

    static Preprocessing preprocessing(Json json) {
        return new Preprocessing(
                json.get("resize").integer(),
                json.get("crop_height").integer(),
                json.get("crop_width").integer(),
                json.get("interpolation").constant(Interpolation.class, Interpolation::name),
                new Normalization(
                        json.get("order").constant(ChannelOrder.class, ChannelOrder::name),
                        (float) json.get("divisor").number(),
                        floats(json.get("mean")),
                        floats(json.get("std"))));
    }

    private static List<Float> floats(Json json) {
        return json.elements().stream().map(value -> (float) value.number()).toList();
    }
}
