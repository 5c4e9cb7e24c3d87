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
 * have. It takes seconds. Answers are those of the rounded network, and no better than that: {@link Quantizer} is for use.
 */
public final class DrawnQuantization {
    /** Others than those that benchmarks run, whose seeds are small. */
    private static final long SEED = 1000;

    /** A part of each image will do: ranges of a network that ends in an average over the image hardly depend on its size, and the time does. */
    private static final int SIZE = 64;

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
        int own = model.input().size();
        int size = Math.min(SIZE, own);
        List<RgbImage> crops = IntStream.range(0, CalibrationImages.FEWEST)
                .mapToObj(i -> corner(SEED + i, own, size))
                .toList();
        Quantizer.Result result = Quantizer.quantize(
                model.graph(),
                model.weights()::get,
                new CalibrationImages(crops, model.preprocessing()),
                QuantizeOptions.defaults().withBar(NONE).withSearch(false));
        return new QuantizedModel(
                model.name(),
                model.input(),
                model.preprocessing(),
                model.labels().names(),
                result.network(),
                result.report());
    }

    /** Part of an image of the network's size, so that a pixel differs from the next as much as in those that are run. */
    private static RgbImage corner(long seed, int of, int size) {
        byte[] image = Blots.image(seed, of, RgbImage.CHANNELS);
        byte[] rgb = new byte[size * size * RgbImage.CHANNELS];
        int row = size * RgbImage.CHANNELS;
        for (int y = 0; y < size; y++) {
            System.arraycopy(image, y * of * RgbImage.CHANNELS, rgb, y * row, row);
        }
        return new RgbImage(size, size, rgb);
    }
}
