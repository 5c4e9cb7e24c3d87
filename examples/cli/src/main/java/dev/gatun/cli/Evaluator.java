package dev.gatun.cli;

import dev.gatun.CompiledModel;
import dev.gatun.answers.Consensus;
import dev.gatun.image.ImageFormatException;
import dev.gatun.onednn.NativeStack;
import dev.gatun.runtime.Lane;
import dev.gatun.runtime.StreamException;
import dev.gatun.runtime.StreamPool;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs models over the same samples, each image through one after the other. Every stream takes the next batch, reads its images and
 * computes it on its own thread: reading and computing overlap, and no core waits for another, as the threads of one team would.
 */
final class Evaluator {
    private final List<Member> members;
    private final boolean together;
    private final int limit;
    private final int batch;
    private final @Nullable Npy logits;
    private final Listener listener;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();

    /**
     * A model.
     *
     * @param compiled for the format of the samples; the streams are those of the first model
     * @param samples prepared for it
     * @param crops of a sample that have a say
     */
    record Member(CompiledModel compiled, Samples samples, int crops) {
        int classes() {
            return compiled.dstShape().intDim(1);
        }

        /** Images of a run, all their crops being one. */
        int images() {
            return compiled.batch() / crops;
        }
    }

    /** What a stream has of a member. */
    private record Work(Member member, Lane lane, Samples.Loader loader) {}

    /** Is told what happens, from any stream. */
    interface Listener {
        /** So many of the images are done. */
        void progress(int done, int total);

        /** An image cannot be read. */
        void unreadable(Exception problem);
    }

    /**
     * An evaluation.
     *
     * @param members at least one, all of as many images a run
     * @param together whether they also answer together, by the mean of their probabilities; of as many classes then
     * @param limit how many samples to take, at most as many as there are
     * @param logits takes the logits of all images, those of an unreadable one as NaN; only of a single member without further crops
     */
    Evaluator(List<Member> members, boolean together, int limit, @Nullable Npy logits, Listener listener) {
        this.members = List.copyOf(members);
        this.together = together;
        this.limit = limit;
        this.batch = members.getFirst().images();
        this.logits = logits;
        this.listener = listener;
    }

    /**
     * Evaluates on all streams; the first failure other than an unreadable image ends it.
     *
     * @return a score for each member, and behind them that of all together
     */
    List<Score> run() {
        try (StreamPool pool = members.getFirst().compiled().newPool()) {
            return pool.onEach(this::work).stream().reduce(noScores(), Evaluator::plus);
        } catch (StreamException e) {
            throw new CommandException(Failures.describe(e.getCause() == null ? e : e.getCause()), e);
        }
    }

    private List<Score> noScores() {
        return Collections.nCopies(members.size() + (together ? 1 : 0), Score.NONE);
    }

    private static List<Score> plus(List<Score> first, List<Score> second) {
        List<Score> sums = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            sums.add(first.get(i).plus(second.get(i)));
        }
        return sums;
    }

    private List<Score> work(Lane lane) {
        List<Score> scores = noScores();
        try (NativeStack owned = new NativeStack()) {
            List<Work> works = new ArrayList<>();
            for (Member member : members) {
                Lane own = works.isEmpty() ? lane : owned.push(new Lane(member.compiled()));
                works.add(new Work(member, own, member.samples().newLoader()));
            }
            for (int first = next.getAndAdd(batch); first < limit; first = next.getAndAdd(batch)) {
                int count = Math.min(batch, limit - first);
                scores = plus(scores, evaluate(first, count, works));
                listener.progress(done.addAndGet(count), limit);
            }
        } catch (RuntimeException | Error e) {
            next.set(limit);
            throw e;
        }
        return scores;
    }

    private List<Score> evaluate(int first, int count, List<Work> works) {
        int[] trueClasses = new int[count];
        List<Consensus> all = new ArrayList<>();
        for (int i = 0; i < count && together; i++) {
            all.add(new Consensus(members.getFirst().classes()));
        }
        List<Score> scores = new ArrayList<>();
        for (Work work : works) {
            scores.add(evaluate(first, trueClasses, work, all));
        }
        if (together) {
            Score score = Score.NONE;
            for (int i = 0; i < count; i++) {
                score = score.plus(score(
                        trueClasses[i],
                        all.get(i).logits(),
                        0,
                        members.getFirst().classes()));
            }
            scores.add(score);
        }
        return scores;
    }

    /**
     * Runs one model over a batch. One that is not full is run with whatever the segment held before behind its images, and that is not
     * looked at.
     *
     * @param trueClasses of the images of the batch, set by the first model and marked by any
     * @param all takes what it thinks, if all answer together
     */
    private Score evaluate(int first, int[] trueClasses, Work work, List<Consensus> all) {
        Member member = work.member();
        Lane lane = work.lane();
        int classes = member.classes();
        long imageBytes = member.compiled().srcBytes() / batch;
        for (int i = 0; i < trueClasses.length; i++) {
            if (trueClasses[i] >= 0) {
                trueClasses[i] = load(work.loader(), first + i, lane.src(), i * imageBytes);
            }
        }
        lane.run();
        float[] results = lane.dst().toArray(ValueLayout.JAVA_FLOAT);
        Score score = Score.NONE;
        for (int i = 0; i < trueClasses.length; i++) {
            int row = i * member.crops() * classes;
            if (together) {
                hear(all.get(i), results, row, member);
            }
            if (member.crops() == 1) {
                score = score.plus(score(trueClasses[i], results, row, classes));
            } else {
                Consensus own = new Consensus(classes);
                hear(own, results, row, member);
                score = score.plus(score(trueClasses[i], own.logits(), 0, classes));
            }
        }
        if (logits != null) {
            write(logits, first, trueClasses, lane.dst(), classes);
        }
        return score;
    }

    /** Adds what a model thinks of all crops of an image. */
    private static void hear(Consensus consensus, float[] results, int row, Member member) {
        for (int crop = 0; crop < member.crops(); crop++) {
            consensus.add(results, row + crop * member.classes());
        }
    }

    private static Score score(int trueClass, float[] logits, int first, int classes) {
        return trueClass < 0 ? Score.UNREADABLE : Score.of(logits, first, classes, trueClass);
    }

    /** The true class, or -1 if the image cannot be read. */
    private int load(Samples.Loader loader, int index, MemorySegment src, long byteOffset) {
        try {
            return loader.load(index, src, byteOffset);
        } catch (IOException | ImageFormatException e) {
            listener.unreadable(e);
            return -1;
        }
    }

    private static void write(Npy to, int first, int[] trueClasses, MemorySegment results, int classes) {
        for (int i = 0; i < trueClasses.length; i++) {
            for (int c = 0; trueClasses[i] < 0 && c < classes; c++) {
                results.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * classes + c, Float.NaN);
            }
        }
        to.rows(first, results.asSlice(0, (long) trueClasses.length * classes * Float.BYTES));
    }
}
