package dev.gatun.image;

/**
 * How files are decoded.
 *
 * @param limits what a file may at most be
 * @param applyExifOrientation whether the pixels are turned upright by the file's EXIF orientation. Off by default, as
 *     in torchvision's loaders, which the published accuracies were measured with
 */
public record DecodeOptions(DecodeLimits limits, boolean applyExifOrientation) {
    /** {@link DecodeLimits#DEFAULT}, EXIF orientation ignored. */
    public static final DecodeOptions DEFAULT = new DecodeOptions(DecodeLimits.DEFAULT, false);

    /** These options with other limits. */
    public DecodeOptions withLimits(DecodeLimits limits) {
        return new DecodeOptions(limits, applyExifOrientation);
    }

    /** These options with the EXIF orientation applied or ignored. */
    public DecodeOptions withExifOrientation(boolean apply) {
        return new DecodeOptions(limits, apply);
    }
}
