package dev.gatun.weights;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Tensors that lie uncompressed in a file, whatever the container; owns the file. */
final class FileWeights implements WeightSource {
    private static final int CHUNK_BYTES = 1 << 18;

    /** A strided view is gathered from one buffer; real ones (channels-last or transposed) are far below this. */
    private static final long MAX_STRIDED_BYTES = 1L << 26;

    private final String container;
    private final FileBytes file;
    private final Map<String, String> metadata;
    private final Map<String, RawTensor> raw = new LinkedHashMap<>();
    private final Map<String, TensorInfo> tensors;

    FileWeights(String container, FileBytes file, Map<String, String> metadata, List<RawTensor> rawTensors) {
        this.container = container;
        this.file = file;
        this.metadata = Collections.unmodifiableMap(metadata);
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        for (RawTensor tensor : rawTensors) {
            infos.put(tensor.info().name(), tensor.info());
            raw.put(tensor.info().name(), tensor);
        }
        this.tensors = Collections.unmodifiableMap(infos);
    }

    @Override
    public String origin() {
        return file.origin();
    }

    @Override
    public String container() {
        return container;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return tensors;
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public Optional<StoredTensors> stored() {
        return Optional.of(new StoredTensors() {
            @Override
            public float[] read(String name) {
                try (FileBytes again = file.reopen()) {
                    return FileWeights.this.read(again, name);
                }
            }

            @Override
            public byte[] readInt8(String name) {
                try (FileBytes again = file.reopen()) {
                    return FileWeights.this.readInt8(again, name);
                }
            }

            @Override
            public Optional<String> contentId() {
                return file.sha256();
            }
        });
    }

    @Override
    public float[] read(String name) {
        return read(file, name);
    }

    private float[] read(FileBytes from, String name) {
        TensorInfo info = tensor(name);
        RawTensor tensor = Objects.requireNonNull(raw.get(name));
        if (!info.type().readable()) {
            throw new IllegalArgumentException(
                    origin() + ": " + info + " cannot be read, only F32, F16 and BF16 widen to f32 exactly");
        }
        long elements = info.shape().elements();
        if (elements > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(origin() + ": " + info + " has more elements than an array holds");
        }
        float[] values = new float[(int) elements];
        if (tensor.isContiguous()) {
            readContiguous(from, tensor, values);
        } else {
            readStrided(from, tensor, values);
        }
        return values;
    }

    @Override
    public byte[] readInt8(String name) {
        return readInt8(file, name);
    }

    private byte[] readInt8(FileBytes from, String name) {
        TensorInfo info = tensor(name);
        RawTensor tensor = Objects.requireNonNull(raw.get(name));
        if (info.type() != ElementType.I8 || !tensor.isContiguous()) {
            throw new IllegalArgumentException(origin() + ": " + info + " cannot be read as I8");
        }
        if (info.shape().elements() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(origin() + ": " + info + " has more elements than an array holds");
        }
        byte[] values = new byte[(int) info.shape().elements()];
        from.read(tensor.position(), ByteBuffer.wrap(values));
        return values;
    }

    private static void readContiguous(FileBytes from, RawTensor tensor, float[] values) {
        ElementType type = tensor.info().type();
        long bytes = (long) values.length * type.bytes();
        ByteBuffer buffer =
                ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, bytes)).order(tensor.order());
        int done = 0;
        while (done < values.length) {
            int count = Math.min(values.length - done, CHUNK_BYTES / type.bytes());
            buffer.clear().limit(count * type.bytes());
            from.read(tensor.position() + (long) done * type.bytes(), buffer);
            type.widen(buffer.flip(), values, done, count);
            done += count;
        }
    }

    private static void readStrided(FileBytes from, RawTensor tensor, float[] values) {
        ElementType type = tensor.info().type();
        long[] dims = tensor.info().shape().toArray();
        long[] strides = tensor.strides().stream().mapToLong(Long::longValue).toArray();
        long span = RawTensor.span(tensor.info().shape(), tensor.strides());
        if (span > MAX_STRIDED_BYTES / type.bytes()) {
            throw from.malformed(
                    tensor.info() + " is a strided view over " + span + " elements, more than is gathered at once");
        }
        ByteBuffer source = from.bytes(tensor.position(), Math.toIntExact(span * type.bytes()))
                .order(tensor.order());
        float[] stored = new float[(int) span];
        type.widen(source, stored, 0, stored.length);
        long[] index = new long[dims.length];
        long at = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = stored[(int) at];
            int axis = dims.length - 1;
            while (axis >= 0 && ++index[axis] == dims[axis]) {
                at -= (dims[axis] - 1) * strides[axis];
                index[axis--] = 0;
            }
            if (axis >= 0) {
                at += strides[axis];
            }
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
