package dev.gatun.cli;

import dev.gatun.spec.Features;
import java.util.Locale;

/** Which features of an image are wanted. */
enum Pool {
    AVG(Features.AVERAGE),
    MAX(Features.MAXIMUM),
    MAP(Features.LAST_MAP),
    PYRAMID(Features.PYRAMID);

    private final Features features;

    Pool(Features features) {
        this.features = features;
    }

    Features features() {
        return features;
    }

    /** What one of the outputs is called; those of a pyramid after the stages, as detectors call them: c2 is the first. */
    String output(int index) {
        return switch (this) {
            case AVG, MAX -> "features";
            case MAP -> "map";
            case PYRAMID -> "c" + (index + 2);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
