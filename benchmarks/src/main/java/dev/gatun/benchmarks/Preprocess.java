package dev.gatun.benchmarks;

import dev.gatun.image.ImageDecoder;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import dev.gatun.spec.InputFormat;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** From a JPEG to the network's input, in milliseconds an image: decoding, and resize + crop + normalise. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class Preprocess {
    private static final int SIDES = 3;

    /** Of the longer side of a picture of 4:3, in pixels; ImageNet's are about 500. */
    @Param({"500", "2000"})
    public int width = 500;

    /** What is written. */
    @Param({"F32_NCHW", "U8_NHWC"})
    public InputFormat format = InputFormat.F32_NCHW;

    private final Preprocessor preprocessor = new Preprocessor(Preprocessing.IMAGENET);
    private final Arena arena = Arena.ofShared();
    private byte[] jpeg = {};
    private RgbImage decoded;
    private MemorySegment dst = MemorySegment.NULL;

    /** Draws a picture that is neither flat nor noise. */
    @Setup
    public void draw() {
        int height = width * SIDES / (SIDES + 1);
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int wave = (int) (127 + 127 * Math.sin(x * 0.05 + y * 0.021));
                picture.setRGB(x, y, wave << 16 | (x * 255 / width) << 8 | (x / 16 + y / 16) % 2 * 128);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "jpeg", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        jpeg = bytes.toByteArray();
        decoded = decode();
        int size = Preprocessing.IMAGENET.outputWidth(width, height);
        dst = arena.allocate((long) SIDES * size * size * format.elementBytes(), Float.BYTES);
    }

    /** Frees the memory. */
    @TearDown
    public void close() {
        arena.close();
    }

    /** Decodes. */
    @Benchmark
    public RgbImage decode() {
        return ImageDecoder.decode(jpeg, "drawn.jpeg");
    }

    /** Resizes, crops and normalises into the network's input. */
    @Benchmark
    public MemorySegment resizeAndNormalize() {
        preprocessor.apply(decoded, format, dst, 0);
        return dst;
    }
}
