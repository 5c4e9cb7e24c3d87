package dev.gatun.weights;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Named tensors from one place. All methods may be called from several threads at once.
 *
 * <p>The source owns what it reads from (an open file); what it returned stays valid after {@link #close()}.
 */
public interface WeightSource extends AutoCloseable {
    /** What messages call this source: the path of a file, or words such as {@code random (seed 1)}. */
    String origin();

    /** What kind of thing this source reads: {@code safetensors}, {@code Keras HDF5}, {@code ONNX}, {@code memory} and so on. */
    String container();

    /** The tensors by name in the order of the file; unmodifiable. */
    Map<String, TensorInfo> tensors();

    /**
     * The tensor of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    default TensorInfo tensor(String name) {
        @Nullable TensorInfo info = tensors().get(name);
        if (info == null) {
            throw new IllegalArgumentException(origin() + " has no tensor '" + name + "'");
        }
        return info;
    }

    /** What the file says about itself as strings (safetensors' {@code __metadata__}), else empty; unmodifiable. */
    Map<String, String> metadata();

    /**
     * The elements of a tensor in row-major order, widened to f32 exactly, in an array of the caller's own.
     *
     * @throws IllegalArgumentException if there is no such tensor, or its type is not {@link ElementType#readable}
     * @throws IllegalStateException if the source is closed
     * @throws WeightFormatException if the file has become shorter since it was opened
     * @throws java.io.UncheckedIOException if the file cannot be read
     */
    float[] read(String name);

    /**
     * What can be read again when this source is closed.
     *
     * @return empty where closing loses it
     */
    default Optional<StoredTensors> stored() {
        return Optional.empty();
    }

    /**
     * The elements of a tensor of I8 in row-major order, in an array of the caller's own.
     *
     * @throws IllegalArgumentException if there is no such tensor, or it is of another type
     * @throws IllegalStateException if the source is closed
     * @throws WeightFormatException if the file has become shorter since it was opened
     * @throws java.io.UncheckedIOException if the file cannot be read
     */
    default byte[] readInt8(String name) {
        throw new IllegalArgumentException(origin() + ": " + tensor(name) + " cannot be read as I8");
    }

    /** Releases the file; does nothing when called again. */
    @Override
    void close();
}
