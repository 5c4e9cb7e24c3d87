package dev.gatun.onnx;

import dev.gatun.graph.Graph;
import dev.gatun.spec.TensorSpec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a network and its parameter values as an ONNX model of opset 17, float32.
 *
 * <p>Names are kept: the input is called as the graph's input node ({@code input}) and has the shape [batch, channels, height,
 * width], of which all but the channels are free; the outputs are called as {@link Graph#outputs()} ({@code fc} for logits,
 * {@code softmax} for probabilities, of shape [batch, classes]); initializers are called as {@link Graph#parameters()}. A fused
 * graph may be written too: what was fused becomes operations again, and the results of the fused operations keep the
 * convolution's name. Option-A shortcuts become Slice and Pad.
 *
 * <p>One parameter at a time is asked for and held, so writing takes little memory besides what {@link Values} takes. All methods
 * are safe for use by many threads if {@link Values} is.
 */
public final class OnnxWriter {
    /** The values of parameters. */
    @FunctionalInterface
    public interface Values {
        /**
         * The values of one parameter in row-major order, which are only read. It is called twice for each parameter, first
         * for all of them to check their lengths, and must give the same values both times.
         *
         * @param tensorName name of a parameter of {@link Graph#parameters()}
         */
        float[] get(String tensorName);
    }

    /** What protobuf limits a message to, in bytes; protobuf.dev/programming-guides/proto-limits. */
    private static final long MAX_MODEL_BYTES = Integer.MAX_VALUE;

    private static final int BUFFER_BYTES = 1 << 16;

    private OnnxWriter() {}

    /**
     * Writes the model to a file, which appears or is replaced when it is complete; on failure nothing is left behind.
     *
     * @param graph the network
     * @param name of the model, such as {@code resnet50}
     * @param values of all its parameters
     * @param out the file; its directory must exist
     * @throws IllegalArgumentException if the values of a parameter are not as many as its shape says, or the model takes 2 GiB or
     *     more; nothing has been written then
     * @throws IOException if the file cannot be written
     */
    public static void write(Graph graph, String name, Values values, Path out) throws IOException {
        write(checkedModel(graph, name, values), out);
    }

    /** Writes a model to a file as a whole or not at all. */
    static void write(Protobuf model, Path out) throws IOException {
        Path target = out.toAbsolutePath();
        Path partial = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (OutputStream stream =
                    Files.newOutputStream(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                write(model, stream);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /**
     * Writes the model to a stream, which is flushed and left open.
     *
     * @param graph the network
     * @param name of the model
     * @param values of all its parameters
     * @param out the stream
     * @throws IllegalArgumentException as for a file; nothing has been written then
     * @throws IOException if the stream cannot be written
     */
    public static void write(Graph graph, String name, Values values, OutputStream out) throws IOException {
        write(checkedModel(graph, name, values), out);
    }

    /**
     * The model in memory.
     *
     * @param graph the network
     * @param name of the model
     * @param values of all its parameters
     * @throws IllegalArgumentException as for a file
     */
    public static byte[] toBytes(Graph graph, String name, Values values) {
        return toBytes(checkedModel(graph, name, values));
    }

    static byte[] toBytes(Protobuf model) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(model.size()));
        try {
            write(model, new OutputStream() {
                @Override
                public void write(int value) {
                    bytes.put((byte) value);
                }

                @Override
                public void write(byte[] source, int offset, int length) {
                    bytes.put(source, offset, length);
                }
            });
        } catch (IOException e) {
            throw new AssertionError("writing to memory failed", e);
        }
        return bytes.array();
    }

    static void write(Protobuf model, OutputStream out) throws IOException {
        BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
        model.writeTo(buffered);
        buffered.flush();
    }

    private static Protobuf checkedModel(Graph graph, String name, Values values) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("the name of an ONNX model must not be blank");
        }
        Protobuf model = OnnxModel.of(graph, name, values);
        checkSize(name, model);
        graph.parameters().forEach(parameter -> checked(values, parameter));
        return model;
    }

    static void checkSize(String name, Protobuf model) {
        if (model.size() > MAX_MODEL_BYTES) {
            throw new IllegalArgumentException(name + " would take " + model.size()
                    + " bytes as an ONNX model, more than the " + MAX_MODEL_BYTES + " of a protobuf message");
        }
    }

    /** The values of {@code parameter} if they are as many as its shape says. */
    static float[] checked(Values values, TensorSpec parameter) {
        float[] found = values.get(parameter.name());
        if (found.length != parameter.shape().elements()) {
            throw new IllegalArgumentException(parameter.name() + " has " + found.length + " values, expected "
                    + parameter.shape().elements() + " for shape " + parameter.shape());
        }
        return found;
    }
}
