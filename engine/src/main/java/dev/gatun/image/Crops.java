package dev.gatun.image;

/** Which crops of a resized image a network sees. */
public enum Crops {
    /** The centre. */
    ONE(1),
    /**
     * The four corners and the centre, then the same mirrored left to right, in that order: 10-crop testing of Krizhevsky et al. 2012 and He
     * et al. 2016 (section 3.4), torchvision's {@code TenCrop}.
     */
    TEN(10);

    private final int count;

    Crops(int count) {
        this.count = count;
    }

    /** How many there are of an image. */
    public int count() {
        return count;
    }
}
