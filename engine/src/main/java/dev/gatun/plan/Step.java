package dev.gatun.plan;

import dev.gatun.onednn.Arg;
import dev.gatun.onednn.MemoryDesc;
import dev.gatun.onednn.Primitive;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One thing a session does in a run. */
sealed interface Step {
    /** The node it computes, or what it prepares for which node. */
    String name();

    /** The implementation, as oneDNN names it. */
    String implementation();

    /** What it reads and writes in oneDNN's words, or nothing if it is no primitive. */
    default String layouts() {
        return "";
    }

    /**
     * The same step on other images of the run.
     *
     * @param image number of the first of them
     * @param images how many the step works on at once
     */
    Step at(long image, long images);

    /** Tells {@code user} of each buffer it reads or writes. */
    void buffers(Consumer<Buffer> user);

    /**
     * A primitive.
     *
     * @param name of the node
     * @param implementation from the primitive's descriptor
     * @param primitive owned by the plan
     * @param arguments in any order
     */
    record Execute(String name, String implementation, Primitive primitive, List<Argument> arguments) implements Step {
        @Override
        public Execute at(long image, long images) {
            return new Execute(
                    name,
                    implementation,
                    primitive,
                    arguments.stream()
                            .map(argument -> argument.at(image, images))
                            .toList());
        }

        @Override
        public String layouts() {
            return desc(Arg.SRC) + " -> " + desc(Arg.DST);
        }

        private String desc(int arg) {
            return arguments.stream()
                    .filter(argument -> argument.arg() == arg)
                    .map(argument -> argument.desc().toString())
                    .collect(Collectors.joining());
        }

        @Override
        public void buffers(Consumer<Buffer> user) {
            for (Argument argument : arguments) {
                if (argument.operand() instanceof Operand.InBuffer(Buffer buffer, long _)) {
                    user.accept(buffer);
                }
            }
        }
    }

    /**
     * An argument of a primitive.
     *
     * @param arg oneDNN's index of it
     * @param desc borrowed from the plan
     * @param operand where it lies
     */
    record Argument(int arg, MemoryDesc desc, Operand operand) {
        Argument at(long image, long images) {
            return operand instanceof Operand.InBuffer(Buffer buffer, long _)
                    ? new Argument(
                            arg, desc, new Operand.InBuffer(buffer, buffer.offsetOf(image, desc.size() / images)))
                    : this;
        }
    }

    /**
     * Work on tiles.
     *
     * @param name of the node, or of the value that is moved
     * @param work what is done
     * @param src where what it reads lies
     * @param second where what else it reads lies, if it reads anything else
     * @param dst where what it writes lies
     * @param residual where what it adds lies, if it adds anything
     * @param nowhere room for what nobody wants
     */
    record Tiles(
            String name,
            TileWork work,
            Operand.InBuffer src,
            Operand.@Nullable InBuffer second,
            Operand.InBuffer dst,
            Operand.@Nullable InBuffer residual,
            Buffer nowhere)
            implements Step {
        @Override
        public String implementation() {
            return "tiles:" + work.function().name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String layouts() {
            return work.layouts();
        }

        @Override
        public Tiles at(long image, long images) {
            return new Tiles(
                    name,
                    work,
                    src.at(image),
                    second == null ? null : second.at(image),
                    dst.at(image),
                    residual == null ? null : residual.at(image),
                    nowhere);
        }

        @Override
        public void buffers(Consumer<Buffer> user) {
            user.accept(src.buffer());
            user.accept(dst.buffer());
            user.accept(nowhere);
            if (second != null) {
                user.accept(second.buffer());
            }
            if (residual != null) {
                user.accept(residual.buffer());
            }
        }
    }

    /**
     * A convolution by minimal filtering.
     *
     * @param name of the node
     * @param work what is done
     * @param src where what it reads lies
     * @param dst where what it writes lies
     * @param residual where what it adds lies, if it adds anything
     * @param space for what it computes on the way, of all threads
     * @param nowhere room for what nobody wants
     */
    record Filter(
            String name,
            WinogradWork work,
            Operand.InBuffer src,
            Operand.InBuffer dst,
            Operand.@Nullable InBuffer residual,
            Buffer space,
            Buffer nowhere)
            implements Step {
        @Override
        public String implementation() {
            return "winograd:" + work.function().name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String layouts() {
            return work.layouts();
        }

        @Override
        public Filter at(long image, long images) {
            return new Filter(
                    name,
                    work,
                    src.at(image),
                    dst.at(image),
                    residual == null ? null : residual.at(image),
                    space,
                    nowhere);
        }

        @Override
        public void buffers(Consumer<Buffer> user) {
            user.accept(src.buffer());
            user.accept(dst.buffer());
            user.accept(space);
            user.accept(nowhere);
            if (residual != null) {
                user.accept(residual.buffer());
            }
        }
    }

    /**
     * Pixels of the caller's to what the first layer reads.
     *
     * @param name of the node
     * @param reader does it
     * @param image number of the first image read
     * @param dst what it writes
     * @param offset in it, in bytes
     */
    record ReadPixels(String name, PixelReader reader, long image, Buffer dst, long offset) implements Step {
        @Override
        public String implementation() {
            return reader.implementation();
        }

        @Override
        public ReadPixels at(long image, long images) {
            return new ReadPixels(name, reader, image, dst, dst.offsetOf(image, reader.dstBytes() / images));
        }

        @Override
        public void buffers(Consumer<Buffer> user) {
            user.accept(dst);
        }
    }

    /**
     * Rounds f32 values to those that an emulated precision has.
     *
     * @param name of the node
     * @param rounding which precision
     * @param buffer what is rounded in place
     * @param offset in it, in bytes
     * @param count values
     */
    record Round(String name, Rounding rounding, Buffer buffer, long offset, long count) implements Step {
        @Override
        public String implementation() {
            return "emulated:" + rounding;
        }

        @Override
        public Round at(long image, long images) {
            return new Round(name, rounding, buffer, buffer.offsetOf(image, count / images * Float.BYTES), count);
        }

        @Override
        public void buffers(Consumer<Buffer> user) {
            user.accept(buffer);
        }
    }
}
