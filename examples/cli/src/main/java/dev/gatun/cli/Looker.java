package dev.gatun.cli;

import dev.gatun.answers.MultiScale;
import dev.gatun.image.ImageFormatException;
import dev.gatun.runtime.Lane;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;

/** Looks at samples with a model, all views of one behind the other. Belongs to the thread that made it. */
interface Looker extends AutoCloseable {
    /** Stands for the class of a sample that cannot be read. */
    int UNREADABLE = -1;

    /**
     * Looks at some samples.
     *
     * @param first index of the first of them
     * @param trueClasses of each, set here; one that is {@link #UNREADABLE} stays so and is not looked at
     * @param problems is told why a sample cannot be read
     * @return logits of all views of all samples, of one that cannot be read anything
     */
    float[] look(int first, int[] trueClasses, Consumer<Exception> problems);

    @Override
    void close();

    /**
     * Crops, all samples in one run. One that is not full is run with whatever the segment held before behind its images.
     *
     * @param lane lent
     * @param sampleBytes of all crops of a sample
     */
    static Looker crops(Lane lane, Samples.Loader loader, long sampleBytes) {
        return new Looker() {
            @Override
            public float[] look(int first, int[] trueClasses, Consumer<Exception> problems) {
                for (int i = 0; i < trueClasses.length; i++) {
                    int index = first + i;
                    long offset = i * sampleBytes;
                    trueClasses[i] = trueClass(trueClasses[i], () -> loader.load(index, lane.src(), offset), problems);
                }
                lane.run();
                return lane.dst().toArray(ValueLayout.JAVA_FLOAT);
            }

            @Override
            public void close() {}
        };
    }

    /**
     * Whole images at several scales, one sample at a time.
     *
     * @param scales owned
     */
    static Looker scales(MultiScale scales, LabelledImages images) {
        return new Looker() {
            @Override
            public float[] look(int first, int[] trueClasses, Consumer<Exception> problems) {
                if (trueClasses.length != 1) {
                    throw new IllegalArgumentException(trueClasses.length + " samples, expected one at a time");
                }
                float[][] rows = new float[1][0];
                trueClasses[0] = trueClass(
                        trueClasses[0],
                        () -> {
                            rows[0] = joined(scales.look(images.decode(first)));
                            return images.trueClass(first);
                        },
                        problems);
                return rows[0];
            }

            @Override
            public void close() {
                scales.close();
            }
        };
    }

    private static float[] joined(List<MultiScale.View> views) {
        int classes = views.getFirst().logits().length;
        float[] rows = new float[views.size() * classes];
        for (int i = 0; i < views.size(); i++) {
            System.arraycopy(views.get(i).logits(), 0, rows, i * classes, classes);
        }
        return rows;
    }

    /** Reads a sample. */
    @FunctionalInterface
    interface Reading {
        int trueClass() throws IOException;
    }

    private static int trueClass(int before, Reading reading, Consumer<Exception> problems) {
        if (before == UNREADABLE) {
            return before;
        }
        try {
            return reading.trueClass();
        } catch (IOException | ImageFormatException e) {
            problems.accept(e);
            return UNREADABLE;
        }
    }
}
