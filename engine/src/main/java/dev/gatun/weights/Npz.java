package dev.gatun.weights;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads what numpy.savez writes: a zip archive of uncompressed .npy files, one for each tensor. */
final class Npz implements Container {
    private static final String SUFFIX = ".npy";

    @Override
    public String title() {
        return "NumPy npz";
    }

    @Override
    public boolean recognises(FileBytes file) {
        @Nullable String first = ZipDirectory.firstName(file);
        return first != null && first.endsWith(SUFFIX);
    }

    @Override
    public WeightSource read(FileBytes file) {
        ZipDirectory zip = ZipDirectory.read(file);
        List<RawTensor> tensors = new ArrayList<>();
        for (String name : zip.names()) {
            if (name.endsWith(SUFFIX)) {
                tensors.add(tensor(file, name, Objects.requireNonNull(zip.find(name))));
            }
        }
        if (tensors.isEmpty()) {
            throw file.malformed("is a zip archive without a " + SUFFIX + " entry in its directory");
        }
        return new FileWeights(title(), file, Map.of(), tensors);
    }

    private static RawTensor tensor(FileBytes file, String entry, ZipDirectory.Entry content) {
        NpyHeader header = NpyHeader.read(file, entry, content);
        String name = entry.substring(0, entry.length() - SUFFIX.length());
        TensorInfo info = new TensorInfo(name, header.type(), header.shape());
        long data = content.bytes() - header.bytes();
        long expected;
        try {
            expected = Math.multiplyExact(info.shape().elements(), info.type().bytes());
        } catch (ArithmeticException e) {
            throw new WeightFormatException(file.origin(), info + " has more elements than can be counted", e);
        }
        if (data != expected) {
            throw file.malformed(info + " has " + data + " bytes of data, expected " + expected);
        }
        RawTensor tensor = RawTensor.contiguous(info, content.position() + header.bytes(), header.order());
        return header.fortranOrder() ? fortran(tensor) : tensor;
    }

    private static RawTensor fortran(RawTensor tensor) {
        List<Long> strides = new ArrayList<>();
        long stride = 1;
        for (long dim : tensor.info().shape().dims()) {
            strides.add(stride);
            stride *= Math.max(dim, 1);
        }
        return new RawTensor(tensor.info(), tensor.position(), Collections.unmodifiableList(strides), tensor.order());
    }
}
