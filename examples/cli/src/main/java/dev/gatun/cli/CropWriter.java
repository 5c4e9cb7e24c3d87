package dev.gatun.cli;

import dev.gatun.image.Crops;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import dev.gatun.spec.InputFormat;
import java.lang.foreign.MemorySegment;

/** Writes the crops of images one behind the other. Belongs to one thread at a time. */
final class CropWriter {
    private final Preprocessor preprocessor;
    private final Crops crops;
    private final InputFormat format;

    CropWriter(Preprocessing preprocessing, Crops crops, InputFormat format) {
        this.preprocessor = new Preprocessor(preprocessing);
        this.crops = crops;
        this.format = format;
    }

    /** Writes all crops of an image, the first at {@code byteOffset}. */
    void write(RgbImage image, MemorySegment src, long byteOffset) {
        if (crops == Crops.ONE) {
            preprocessor.apply(image, format, src, byteOffset);
            return;
        }
        long at = byteOffset;
        for (RgbImage crop : preprocessor.crops(image, crops)) {
            preprocessor.write(crop, format, src, at);
            at += (long) crop.rgb().length * format.elementBytes();
        }
    }
}
