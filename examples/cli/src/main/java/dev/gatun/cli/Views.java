package dev.gatun.cli;

import dev.gatun.Model;
import dev.gatun.answers.MultiScale;
import dev.gatun.image.Crops;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.RgbImage;
import dev.gatun.runtime.Lane;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a model sees of an image. Belongs to the thread that made it. */
interface Views extends AutoCloseable {
    /**
     * What a model says.
     *
     * @param logits of each view, one for each class
     * @param milliseconds of the runs of the network
     */
    record Opinions(List<float[]> logits, double milliseconds) {}

    double NANOS_PER_MILLI = 1e6;

    /** Looks at an image. */
    Opinions look(RgbImage image);

    @Override
    void close();

    /**
     * Crops of one size, in one run.
     *
     * @param lane takes as many images as there are crops; owned
     */
    static Views crops(Lane lane, Preprocessing preprocessing, Crops crops) {
        CropWriter writer = new CropWriter(preprocessing, crops, TimedClassifier.FORMAT);
        return new Views() {
            @Override
            public Opinions look(RgbImage image) {
                writer.write(image, lane.src(), 0);
                long start = System.nanoTime();
                lane.run();
                double milliseconds = (System.nanoTime() - start) / NANOS_PER_MILLI;
                float[] logits = lane.dst().toArray(ValueLayout.JAVA_FLOAT);
                int classes = logits.length / crops.count();
                List<float[]> rows = new ArrayList<>();
                for (int first = 0; first < logits.length; first += classes) {
                    rows.add(Arrays.copyOfRange(logits, first, first + classes));
                }
                return new Opinions(rows, milliseconds);
            }

            @Override
            public void close() {
                lane.close();
            }
        };
    }

    /**
     * The whole image at several scales; see {@link MultiScale#MultiScale(Model, dev.gatun.CompileOptions, List)}.
     *
     * @param scales owned
     */
    static Views scales(MultiScale scales) {
        return new Views() {
            @Override
            public Opinions look(RgbImage image) {
                List<MultiScale.View> views = scales.look(image);
                return new Opinions(
                        views.stream().map(MultiScale.View::logits).toList(),
                        views.stream().mapToLong(MultiScale.View::nanos).sum() / NANOS_PER_MILLI);
            }

            @Override
            public void close() {
                scales.close();
            }
        };
    }
}
