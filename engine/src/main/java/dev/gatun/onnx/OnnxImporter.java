package dev.gatun.onnx;

import dev.gatun.network.Network;
import dev.gatun.weights.WeightFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads ONNX models of the ResNet family into graphs, node by node, so any network of the operations that ResNets are made of runs,
 * whoever wrote it: convolutions, batch normalisations (folded or not), ReLU, additions, poolings, inner products, and the padding,
 * slicing, transposing and reshaping that exporters put between them. Opset 7 to 21.
 *
 * <p>Files are untrusted: every length, count and shape is checked, and a file that is not well-formed or holds another operation gives
 * a {@link WeightFormatException} that names the node.
 */
public final class OnnxImporter {
    /** The largest message of protobuf that a Java array holds. */
    private static final long MAX_BYTES = Integer.MAX_VALUE - 8;

    /** Field 1, ir_version, with which every writer begins, as a varint. */
    private static final byte IR_VERSION_KEY = 0x08;

    private OnnxImporter() {}

    /** Whether a file that starts like this can be an ONNX model; nothing else that holds weights starts so. */
    public static boolean recognises(byte[] start) {
        return start.length >= 2 && start[0] == IR_VERSION_KEY && start[1] > 0 && start[1] < 32;
    }

    /**
     * Reads a file, which is held in memory until the result is closed.
     *
     * @throws WeightFormatException if it is malformed, or holds what is not supported; names the node
     * @throws UncheckedIOException if it does not exist or cannot be read
     */
    public static Network read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new WeightFormatException(
                        file.toString(),
                        "has " + Files.size(file) + " bytes, more than the " + MAX_BYTES + " of an ONNX model");
            }
            return read(file.toString(), Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("model file " + file + " does not exist", e);
        } catch (IOException e) {
            throw new UncheckedIOException("model file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a model that is in memory.
     *
     * @param origin what messages call it
     * @param model all of it; not copied
     * @throws WeightFormatException as for a file
     */
    public static Network read(String origin, byte[] model) {
        OnnxFile file;
        try {
            file = OnnxFile.read(ByteBuffer.wrap(model));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new WeightFormatException(origin, WeightFormatException.reason(e), e);
        }
        return new OnnxGraphReader(origin, file).network();
    }
}
