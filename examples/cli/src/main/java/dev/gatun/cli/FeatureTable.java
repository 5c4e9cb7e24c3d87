package dev.gatun.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.answers.MapLayout;
import dev.gatun.plan.Plan;
import dev.gatun.spec.Shape;
import dev.gatun.weights.ElementType;
import dev.gatun.weights.SafetensorsWriter;
import dev.gatun.weights.TensorInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The features of images: for each output of a network a row an image, float32. Rows may be set by several threads at once. */
final class FeatureTable {
    private final List<Column> columns = new ArrayList<>();
    private final MapLayout layout;
    private final int rows;

    /**
     * An output.
     *
     * @param shape of all rows: [n, c], or [n, c, h, w]
     * @param one [1, c, h, w], which a run puts out
     * @param offset of the row in the results of a run
     */
    private record Column(String name, Shape shape, Shape one, long offset, long rowBytes, MemorySegment values) {
        MemorySegment row(int index) {
            return values.asSlice(index * rowBytes, rowBytes);
        }

        void writeTo(WritableByteChannel channel) throws IOException {
            for (long at = 0; at < values.byteSize(); at += rowBytes) {
                ByteBuffer bytes = values.asSlice(at, rowBytes).asByteBuffer();
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        }
    }

    /**
     * A table without values.
     *
     * @param arena keeps the values
     * @param layout of maps
     * @param outputs of a network for one image
     * @param rows as many as images
     */
    FeatureTable(Arena arena, Pool pool, MapLayout layout, List<Plan.Output> outputs, int rows) {
        this.layout = layout;
        this.rows = rows;
        for (int i = 0; i < outputs.size(); i++) {
            Shape one = outputs.get(i).shape();
            boolean pooled = pool == Pool.AVG || pool == Pool.MAX;
            Shape shape = pooled
                    ? Shape.of(rows, one.dim(1))
                    : layout.shape(Shape.of(rows, one.dim(1), one.dim(2), one.dim(3)));
            long rowBytes = one.elements() * Float.BYTES;
            columns.add(new Column(
                    pool.output(i),
                    shape,
                    one,
                    outputs.get(i).offset(),
                    rowBytes,
                    arena.allocate(Math.multiplyExact(rowBytes, rows), Float.BYTES)));
        }
    }

    /** Sets a row to what a run put out. */
    void set(int row, MemorySegment dst) {
        columns.forEach(
                column -> layout.copy(dst.asSlice(column.offset(), column.rowBytes()), column.one(), column.row(row)));
    }

    /** Sets a row to NaN. */
    void unset(int row) {
        for (Column column : columns) {
            MemorySegment values = column.row(row);
            for (long i = 0; i < column.rowBytes() / Float.BYTES; i++) {
                values.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.NaN);
            }
        }
    }

    /** Writes its only array. */
    void writeNpy(Path file) {
        Column column = columns.getFirst();
        try (Npy npy = Npy.create(file, column.shape())) {
            for (int row = 0; row < rows; row++) {
                npy.rows(row, column.row(row));
            }
            npy.commit();
        }
    }

    /** Writes a tensor for each output, by its name. */
    void writeSafetensors(Path file, Map<String, String> metadata) {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new CommandException("cannot write " + file + ": this CPU is not little-endian; .npy can be written");
        }
        SafetensorsWriter.write(
                file,
                columns.stream()
                        .map(column -> new SafetensorsWriter.Tensor(
                                new TensorInfo(column.name(), ElementType.F32, column.shape()), column::writeTo))
                        .toList(),
                metadata);
    }

    /** Writes a row's fields: for each output its shape, without the batch, and its values, row-major. */
    void writeRow(int row, JsonGenerator json) throws IOException {
        for (Column column : columns) {
            long[] shape = column.shape().toArray();
            json.writeObjectFieldStart(column.name());
            json.writeFieldName("shape");
            json.writeArray(shape, 1, shape.length - 1);
            json.writeArrayFieldStart("values");
            for (float value : column.row(row).toArray(ValueLayout.JAVA_FLOAT)) {
                json.writeNumber(value);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }
}
