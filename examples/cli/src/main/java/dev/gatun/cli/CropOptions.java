package dev.gatun.cli;

import dev.gatun.image.Crops;
import picocli.CommandLine.Option;

/** What of an image a network sees. */
final class CropOptions {
    @Option(
            names = "--crops",
            paramLabel = "1|10",
            converter = CropCount.class,
            description = "1, the centre (default), or 10: the corners and the centre and their mirror images, of whose"
                    + " probabilities the mean is taken, as in the paper.")
    private Crops crops = Crops.ONE;

    Crops crops() {
        return crops;
    }
}
