package dev.gatun.benchmarks.peers;

import dev.gatun.Model;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Passes;
import dev.gatun.spec.Shape;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a model as a TorchScript file, which libtorch and DJL load: a zip of the class's source, a pickle of its one object, and a
 * file of raw f32 values for each tensor (torch/csrc/jit/serialization/export_module.cpp, pickler.cpp).
 */
final class TorchScriptFile {
    private static final String ROOT = "resnet/";

    /** Of the format: caffe2/serialize/versions.h, the oldest that holds what is written here. */
    private static final String VERSION = "3\n";

    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final List<float[]> tensors = new ArrayList<>();

    private TorchScriptFile() {}

    /** Writes {@code model} for runs of {@code batch} images. */
    static void write(Model model, TorchMode mode, String precision, int batch, Path file) throws IOException {
        Graph graph = Passes.fuse(model.graph());
        String code = TorchCode.of(graph, mode, precision, Network.shape(model, batch));
        TorchScriptFile written = new TorchScriptFile();
        written.object(graph, model);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setMethod(ZipOutputStream.STORED);
            entry(zip, "data.pkl", written.pickle.toByteArray());
            entry(zip, "code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
            entry(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            entry(zip, "version", VERSION.getBytes(StandardCharsets.US_ASCII));
            entry(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < written.tensors.size(); i++) {
                entry(zip, "data/" + i, littleEndian(written.tensors.get(i)));
            }
        }
    }

    private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(ROOT + name);
        entry.setTime(0);
        entry.setSize(bytes.length);
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    private static byte[] littleEndian(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /** Pickle opcodes of protocol 2, CPython's Lib/pickle.py. */
    private void object(Graph graph, Model model) {
        op("\u0080\u0002");
        op("c__torch__\nResNet\n)\u0081}(");
        for (Node node : graph.nodes()) {
            if (node instanceof Node.Conv conv) {
                FoldedConv folded = FoldedConv.of(conv, model.weights()::get);
                tensor(TorchCode.weight(conv), folded.shape(), folded.weights().get());
                tensor(TorchCode.bias(conv), Shape.of(conv.oc()), folded.bias().get());
            } else if (node instanceof Node.InnerProduct product) {
                Shape shape = Shape.of(product.oc(), product.ic());
                tensor(TorchCode.weight(product), shape, model.weights().get(product.name() + ".weight"));
                tensor(
                        TorchCode.bias(product),
                        Shape.of(product.oc()),
                        model.weights().get(product.name() + ".bias"));
            }
        }
        op("ub.");
    }

    /** {@code name: torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)}. */
    private void tensor(String name, Shape shape, float[] values) {
        text(name);
        op("ctorch._utils\n_rebuild_tensor_v2\n((");
        text("storage");
        op("ctorch\nFloatStorage\n");
        text(Integer.toString(tensors.size()));
        text("cpu");
        integer(values.length);
        op("tQ");
        integer(0);
        long[] strides = new long[shape.rank()];
        long stride = 1;
        for (int i = shape.rank() - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape.dim(i);
        }
        tuple(shape.toArray());
        tuple(strides);
        op("\u0089ccollections\nOrderedDict\n)RtR");
        tensors.add(values);
    }

    private void tuple(long[] values) {
        op("(");
        for (long value : values) {
            integer(value);
        }
        op("t");
    }

    private void op(String bytes) {
        pickle.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void text(String value) {
        op("X");
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        int32(bytes.length);
        pickle.writeBytes(bytes);
    }

    private void integer(long value) {
        op("J");
        int32(Math.toIntExact(value));
    }

    private void int32(int value) {
        pickle.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }
}
