package dev.gatun.image;

/** A rectangle of pixels inside an image. */
record Region(int left, int top, int width, int height) {
    static Region whole(int width, int height) {
        return new Region(0, 0, width, height);
    }

    int right() {
        return left + width;
    }

    int bottom() {
        return top + height;
    }
}
