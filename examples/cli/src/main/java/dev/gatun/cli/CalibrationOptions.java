package dev.gatun.cli;

import dev.gatun.image.DecodeOptions;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.ImageFormatException;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import dev.gatun.quantize.CalibrationImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** Images that ranges are measured on. */
final class CalibrationOptions {
    /** CIFAR-10's binary records: a label byte and 3x32x32 samples (CHW, RGB); Krizhevsky's cifar.html. */
    private static final int SIDE = 32;

    private static final int PLANE = SIDE * SIDE;
    private static final int RECORD = 1 + RgbImage.CHANNELS * PLANE;

    @Option(
            names = "--calibration",
            paramLabel = "DIR|FILE.bin",
            required = true,
            description =
                    "Images like those that the network will see: a directory of them, or CIFAR-10's binary records.")
    private Path calibration = Path.of("");

    @Option(
            names = "--images",
            paramLabel = "N",
            converter = PositiveInt.class,
            description =
                    "Take N of them, spread evenly over all (default: ${DEFAULT-VALUE}, or all if there are fewer).")
    private int count = 500;

    /** Reads and prepares the images; one that cannot be read is told and left out. */
    CalibrationImages read(Preprocessing preprocessing, DecodeOptions decoding, Terminal terminal) throws IOException {
        List<RgbImage> crops = Files.isDirectory(calibration)
                ? files(new Preprocessor(preprocessing), decoding, terminal)
                : records(new Preprocessor(preprocessing));
        if (crops.size() < CalibrationImages.FEWEST) {
            throw new CommandException(calibration + ": " + Text.count(crops.size(), "image") + ", expected at least "
                    + CalibrationImages.FEWEST + ", better some hundred");
        }
        return new CalibrationImages(crops, preprocessing);
    }

    /** Which of so many. */
    private List<Integer> chosen(int of) {
        int some = Math.min(count, of);
        return IntStream.range(0, some)
                .map(i -> Math.toIntExact((long) i * of / some))
                .boxed()
                .toList();
    }

    private List<RgbImage> files(Preprocessor preprocessor, DecodeOptions decoding, Terminal terminal)
            throws IOException {
        List<Path> files = ImageFiles.of(List.of(calibration));
        List<RgbImage> crops = new ArrayList<>();
        for (int i : chosen(files.size())) {
            try {
                crops.add(preprocessor.resizeAndCrop(ImageDecoder.decode(files.get(i), decoding)));
            } catch (IOException | ImageFormatException e) {
                terminal.err().println(Text.printable("gatun quantize: " + Failures.describe(e)));
            }
        }
        return crops;
    }

    private List<RgbImage> records(Preprocessor preprocessor) throws IOException {
        byte[] bytes = Files.readAllBytes(calibration);
        if (bytes.length == 0 || bytes.length % RECORD != 0) {
            throw new CommandException(calibration + ": " + bytes.length
                    + " bytes, expected a directory of images, or records of " + RECORD
                    + " bytes (a label, 3x32x32)");
        }
        List<RgbImage> crops = new ArrayList<>();
        for (int i : chosen(bytes.length / RECORD)) {
            byte[] rgb = new byte[RgbImage.CHANNELS * PLANE];
            for (int s = 0; s < rgb.length; s++) {
                rgb[s % PLANE * RgbImage.CHANNELS + s / PLANE] = bytes[i * RECORD + 1 + s];
            }
            crops.add(preprocessor.resizeAndCrop(new RgbImage(SIDE, SIDE, rgb)));
        }
        return crops;
    }
}
