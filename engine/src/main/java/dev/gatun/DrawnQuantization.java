package dev.gatun;

import dev.gatun.image.Blots;
import dev.gatun.image.RgbImage;
import dev.gatun.quantize.Bar;
import dev.gatun.quantize.CalibrationImages;
import dev.gatun.quantize.QuantizeOptions;
import dev.gatun.quantize.QuantizedModel;
import dev.gatun.quantize.Quantizer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * int8 for those who want to know how fast it is and have no photographs: every layer is quantised, by ranges that images drawn from a seed
 * have. It takes seconds, half a minute for ResNet-152. Answers are those of the rounded network, and no better than that: {@link Quantizer} is for use.
 */
public final class DrawnQuantization {
    /** Others than those that benchmarks run, whose seeds are small. */
    private static final long SEED = 1000;

    /** No layer falls back to float, however far off. */
    private static final Bar NONE = new Bar(0, -Float.MAX_VALUE);

    private DrawnQuantization() {}

    /**
     * The model in int8, the same on every machine.
     *
     * @throws IllegalArgumentException if it is quantised already, or its images have not 3 channels
     */
    public static QuantizedModel of(Model model) {
        if (model.quantized().isPresent()) {
            throw new IllegalArgumentException(model + " is quantised already");
        }
        // Parts of images will not do: the smaller, the more of a map is near a border of zeros, and what grows from
        // block to block grows less.
        int size = model.input().size();
        List<RgbImage> images = IntStream.range(0, CalibrationImages.FEWEST)
                .mapToObj(i -> new RgbImage(size, size, Blots.image(SEED + i, size, RgbImage.CHANNELS)))
                .toList();
        Quantizer.Result result = Quantizer.quantize(
                model.graph(),
                model.weights()::get,
                new CalibrationImages(images, model.preprocessing()),
                QuantizeOptions.defaults().withBar(NONE).withSearch(false));
        return new QuantizedModel(
                model.name(),
                model.input(),
                model.preprocessing(),
                model.labels().names(),
                result.network(),
                result.report());
    }
}
