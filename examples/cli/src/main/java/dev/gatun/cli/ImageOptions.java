package dev.gatun.cli;

import dev.gatun.image.DecodeOptions;
import picocli.CommandLine.Option;

/** How image files are read. */
final class ImageOptions {
    @Option(
            names = "--exif",
            description = "Turn images upright by their EXIF orientation; ignored by default, as torchvision does.")
    private boolean exif;

    DecodeOptions decoding() {
        return DecodeOptions.DEFAULT.withExifOrientation(exif);
    }
}
