package dev.gatun.cli;

import dev.gatun.Labels;
import dev.gatun.Prediction;
import dev.gatun.answers.Consensus;
import dev.gatun.image.Crops;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.RgbImage;
import dev.gatun.runtime.Lane;
import dev.gatun.spec.InputFormat;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Names what is in one image at a time. Borrows the lanes, whose models take the crops of one image of {@link #FORMAT}. */
final class TimedClassifier {
    static final InputFormat FORMAT = InputFormat.U8_NHWC;

    private static final double NANOS_PER_MILLI = 1e6;

    private final List<Member> members;
    private final Labels labels;
    private final int top;

    /**
     * A model that has a say.
     *
     * @param lane runs it; borrowed
     * @param writer of its crops
     */
    record Member(Lane lane, CropWriter writer) {
        Member(Lane lane, Preprocessing preprocessing, Crops crops) {
            this(lane, new CropWriter(preprocessing, crops, FORMAT));
        }
    }

    /**
     * What an image shows.
     *
     * @param top most probable classes, best first
     * @param milliseconds of the runs of the networks
     */
    record Result(List<Prediction> top, double milliseconds) {}

    TimedClassifier(List<Member> members, Labels labels, int top) {
        this.members = List.copyOf(members);
        this.labels = labels;
        this.top = top;
    }

    Result classify(RgbImage image) {
        Consensus consensus = new Consensus(labels.size());
        double milliseconds = 0;
        for (Member member : members) {
            Lane lane = member.lane();
            member.writer().write(image, lane.src(), 0);
            long start = System.nanoTime();
            lane.run();
            milliseconds += (System.nanoTime() - start) / NANOS_PER_MILLI;
            float[] logits = lane.dst().toArray(ValueLayout.JAVA_FLOAT);
            if (members.size() == 1 && logits.length == labels.size()) {
                return new Result(Prediction.top(logits, labels, top), milliseconds);
            }
            for (int first = 0; first < logits.length; first += labels.size()) {
                consensus.add(logits, first);
            }
        }
        return new Result(Prediction.top(consensus.logits(), labels, top), milliseconds);
    }
}
