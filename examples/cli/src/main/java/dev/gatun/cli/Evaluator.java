package dev.gatun.cli;

import dev.gatun.CompiledModel;
import dev.gatun.answers.Averaging;
import dev.gatun.answers.Consensus;
import dev.gatun.answers.MultiScale;
import dev.gatun.onednn.NativeStack;
import dev.gatun.runtime.Lane;
import dev.gatun.runtime.StreamException;
import dev.gatun.runtime.StreamPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
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
     * @param compiled runs on the streams; those of the first model are taken
     * @param images that it is given at once
     * @param views of an image that have a say
     * @param averaging of what they say
     * @param opener makes what looks at the images, on the thread of a stream
     */
    record Member(CompiledModel compiled, int images, int views, Averaging averaging, Function<Lane, Looker> opener) {
        /**
         * One that sees crops.
         *
         * @param compiled for the format of the samples and all crops of as many images as it is given at once
         * @param samples prepared for it, with so many crops of each
         */
        static Member ofCrops(CompiledModel compiled, Samples samples, int crops, Averaging averaging) {
            int images = compiled.batch() / crops;
            return new Member(
                    compiled,
                    images,
                    crops,
                    averaging,
                    lane -> Looker.crops(lane, samples.newLoader(), compiled.srcBytes() / images));
        }

        /** One that sees whole images at so many scales. */
        static Member ofScales(
                CompiledModel compiled,
                LabelledImages images,
                Supplier<MultiScale> scales,
                int views,
                Averaging averaging) {
            return new Member(compiled, 1, views, averaging, _ -> Looker.scales(scales.get(), images));
        }

        int classes() {
            return compiled.dstShape().intDim(1);
        }
    }

    /** What a stream has of a member. */
    private record Work(Member member, Looker looker) {}

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
     * @param together whether they also answer together, by the mean of what they say; of as many classes then
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
                works.add(new Work(member, owned.push(member.opener().apply(own))));
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
            all.add(new Consensus(
                    members.getFirst().classes(), members.getFirst().averaging()));
        }
        List<Score> scores = new ArrayList<>();
        for (Work work : works) {
            scores.add(evaluate(first, trueClasses, work, all));
        }
        if (together) {
            Score score = Score.NONE;
            for (int i = 0; i < count; i++) {
                score = score.plus(score(trueClasses[i], all.get(i)));
            }
            scores.add(score);
        }
        return scores;
    }

    /**
     * Runs one model over a batch.
     *
     * @param trueClasses of the images of the batch, set by the first model and marked by any
     * @param all takes what it thinks, if all answer together
     */
    private Score evaluate(int first, int[] trueClasses, Work work, List<Consensus> all) {
        Member member = work.member();
        int classes = member.classes();
        float[] results = work.looker().look(first, trueClasses, listener::unreadable);
        Score score = Score.NONE;
        for (int i = 0; i < trueClasses.length; i++) {
            // The mean of one view's logits is these logits, to the bit.
            Consensus own = new Consensus(classes, member.views() == 1 ? Averaging.LOGITS : member.averaging());
            for (int view = 0; view < member.views() && trueClasses[i] != Looker.UNREADABLE; view++) {
                int row = (i * member.views() + view) * classes;
                own.add(results, row);
                if (together) {
                    all.get(i).add(results, row);
                }
            }
            score = score.plus(score(trueClasses[i], own));
        }
        if (logits != null) {
            write(logits, first, trueClasses, results, classes);
        }
        return score;
    }

    private static Score score(int trueClass, Consensus consensus) {
        if (trueClass == Looker.UNREADABLE) {
            return Score.UNREADABLE;
        }
        float[] logits = consensus.logits();
        return Score.of(logits, 0, logits.length, trueClass);
    }

    private static void write(Npy to, int first, int[] trueClasses, float[] results, int classes) {
        for (int i = 0; i < trueClasses.length; i++) {
            if (trueClasses[i] == Looker.UNREADABLE) {
                Arrays.fill(results, i * classes, (i + 1) * classes, Float.NaN);
            }
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rows = arena.allocateFrom(ValueLayout.JAVA_FLOAT, results);
            to.rows(first, rows.asSlice(0, (long) trueClasses.length * classes * Float.BYTES));
        }
    }
}
