package dev.gatun.cli;

import dev.gatun.Labels;
import dev.gatun.Prediction;
import dev.gatun.answers.Averaging;
import dev.gatun.answers.Consensus;
import dev.gatun.image.RgbImage;
import dev.gatun.onednn.NativeStack;
import dev.gatun.spec.InputFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Names what is in one image at a time. The first model looks on the calling thread, every other one beside it on a thread of its own. Owns
 * the models' views; belongs to one thread.
 */
final class TimedClassifier implements AutoCloseable {
    static final InputFormat FORMAT = InputFormat.U8_NHWC;

    private final NativeStack owned = new NativeStack();
    private final List<Seat> others = new ArrayList<>();
    private final Views first;
    private final Labels labels;
    private final int top;
    private final Averaging averaging;

    /**
     * What an image shows.
     *
     * @param top most probable classes, best first
     * @param milliseconds of the runs of the network; of several side by side, of that which took longest
     */
    record Result(List<Prediction> top, double milliseconds) {}

    /**
     * A classifier of one model or several of the same classes.
     *
     * @param members each is opened by the thread that will use it
     * @param averaging of what the views say, where there are several
     */
    TimedClassifier(List<Supplier<Views>> members, Labels labels, int top, Averaging averaging) {
        this.labels = labels;
        this.top = top;
        this.averaging = averaging;
        try {
            first = owned.push(members.getFirst().get());
            for (Supplier<Views> member : members.subList(1, members.size())) {
                others.add(owned.push(new Seat(member)));
            }
        } catch (RuntimeException | Error e) {
            owned.close();
            throw e;
        }
    }

    Result classify(RgbImage image) {
        List<Future<Views.Opinions>> running =
                others.stream().map(seat -> seat.look(image)).toList();
        List<Views.Opinions> opinions = new ArrayList<>();
        opinions.add(first.look(image));
        running.forEach(other -> opinions.add(result(other)));
        int count = opinions.stream().mapToInt(said -> said.logits().size()).sum();
        // The mean of one opinion's logits is these logits, to the bit.
        Consensus consensus = new Consensus(labels.size(), count == 1 ? Averaging.LOGITS : averaging);
        opinions.forEach(said -> said.logits().forEach(logits -> consensus.add(logits, 0)));
        double longest = opinions.stream()
                .mapToDouble(Views.Opinions::milliseconds)
                .max()
                .orElseThrow();
        return new Result(Prediction.top(consensus.logits(), labels, top), longest);
    }

    private static <T> T result(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new CommandException(Failures.describe(e.getCause() == null ? e : e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    @Override
    public void close() {
        owned.close();
    }

    /** A thread for a model. */
    private static final class Seat implements AutoCloseable {
        private final ExecutorService thread =
                Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
        private final Future<Views> views;

        Seat(Supplier<Views> member) {
            views = thread.submit(member::get);
        }

        Future<Views.Opinions> look(RgbImage image) {
            return thread.submit(() -> result(views).look(image));
        }

        @Override
        public void close() {
            Future<?> closed = thread.submit(() -> {
                if (views.state() == Future.State.SUCCESS) {
                    views.resultNow().close();
                }
            });
            thread.close();
            result(closed);
        }
    }
}
