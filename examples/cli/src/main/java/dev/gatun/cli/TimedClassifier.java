package dev.gatun.cli;

import dev.gatun.Labels;
import dev.gatun.Prediction;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import dev.gatun.runtime.Lane;
import dev.gatun.spec.InputFormat;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Names what is in one image at a time. Borrows its lane, whose model takes one image of {@link #FORMAT}. */
final class TimedClassifier {
    static final InputFormat FORMAT = InputFormat.U8_NHWC;

    private static final double NANOS_PER_MILLI = 1e6;

    private final Lane lane;
    private final Preprocessor preprocessor;
    private final Labels labels;
    private final int top;

    /**
     * What an image shows.
     *
     * @param top most probable classes, best first
     * @param milliseconds of the run of the network
     */
    record Result(List<Prediction> top, double milliseconds) {}

    TimedClassifier(Lane lane, Preprocessing preprocessing, Labels labels, int top) {
        this.lane = lane;
        this.preprocessor = new Preprocessor(preprocessing);
        this.labels = labels;
        this.top = top;
    }

    Result classify(RgbImage image) {
        preprocessor.apply(image, FORMAT, lane.src(), 0);
        long start = System.nanoTime();
        lane.run();
        double milliseconds = (System.nanoTime() - start) / NANOS_PER_MILLI;
        return new Result(Prediction.top(lane.dst().toArray(ValueLayout.JAVA_FLOAT), labels, top), milliseconds);
    }
}
