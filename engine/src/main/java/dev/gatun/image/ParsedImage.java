package dev.gatun.image;

/** An image file whose header has been read and whose pixels have not. */
interface ParsedImage {
    int width();

    int height();

    /** The EXIF orientation, {@link Orientation#UPRIGHT} where the file has none. */
    Orientation orientation();

    /** Decodes the pixels as they are stored; throws nothing but {@link ImageFormatException}. */
    RgbImage decode();
}
