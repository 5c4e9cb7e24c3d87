package dev.gatun.quantize;

import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Images that stand for those that a network will see, resized and cropped; three bytes a pixel stay on the heap. Immutable.
 *
 * @param crops all of one size
 * @param preprocessing what made them, and how their samples become floats
 */
public record CalibrationImages(List<RgbImage> crops, Preprocessing preprocessing) {
    /** The fewest that say anything: some to observe and some to judge by. */
    public static final int FEWEST = 8;

    /** Copies the list; checks that there are {@value #FEWEST} and that all have one size. */
    public CalibrationImages {
        crops = List.copyOf(crops);
        if (crops.size() < FEWEST) {
            throw new IllegalArgumentException(
                    crops.size() + " calibration images, expected at least " + FEWEST + ", better some hundred");
        }
        RgbImage first = crops.getFirst();
        for (RgbImage crop : crops) {
            if (crop.width() != first.width() || crop.height() != first.height()) {
                throw new IllegalArgumentException("calibration images of " + first.width() + "x" + first.height()
                        + " and of " + crop.width() + "x" + crop.height() + ", expected one size");
            }
        }
    }

    /**
     * Prepares images as a network's weights want it.
     *
     * @param count how many there are
     * @param image gives each, as decoded
     */
    public static CalibrationImages prepare(int count, IntFunction<RgbImage> image, Preprocessing preprocessing) {
        Preprocessor preprocessor = new Preprocessor(preprocessing);
        List<RgbImage> crops = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            crops.add(preprocessor.resizeAndCrop(image.apply(i)));
        }
        return new CalibrationImages(crops, preprocessing);
    }

    /** How many there are. */
    public int size() {
        return crops.size();
    }

    int width() {
        return crops.getFirst().width();
    }

    int height() {
        return crops.getFirst().height();
    }
}
