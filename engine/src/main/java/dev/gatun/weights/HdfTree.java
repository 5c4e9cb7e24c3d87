package dev.gatun.weights;

import dev.gatun.spec.Shape;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.datatype.OrderedDataType;
import java.net.URI;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The groups, attributes and datasets of an HDF5 file, as far as weights need them. Whatever the library throws at what the file
 * holds becomes a {@link WeightFormatException}; links, which can lead to other files, are not followed. One thread.
 */
final class HdfTree {
    /** Longest text of all of an attribute's strings that is taken; the configuration of a ResNet-152 has 0.2 million. */
    private static final long MAX_ATTRIBUTE_BYTES = 1L << 26;

    private static final int MAX_STRINGS = 1 << 17;

    /** jHDF asks for a name only to put it into messages, which are not shown. */
    private static final URI NAME = URI.create("file:///weights.h5");

    private final FileBytes file;
    private final Group root;
    private final long userBlock;

    private HdfTree(FileBytes file, Group root, long userBlock) {
        this.file = file;
        this.root = root;
        this.userBlock = userBlock;
    }

    /** What {@code reader} makes of the file. */
    static <T> T read(FileBytes file, Function<HdfTree, T> reader) {
        try (HdfFile hdf = new HdfFile(new HdfChannel(file), NAME)) {
            return reader.apply(new HdfTree(file, hdf, hdf.getUserBlockSize()));
        } catch (WeightFormatException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // jHDF allocates what a field says before it looks whether the file has as much, and follows cycles.
            throw new WeightFormatException(file.origin(), "malformed HDF5: " + innermost(e), e);
        }
    }

    private static String innermost(Throwable thrown) {
        Throwable inner = thrown;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner.getMessage() == null ? inner.getClass().getSimpleName() : inner.getMessage();
    }

    Group root() {
        return root;
    }

    /** The group at this path below {@code group}, or null if there is nothing of the name. */
    @Nullable
    Group group(Group group, String path) {
        @Nullable Node node = descend(group, path);
        if (node != null && !(node instanceof Group)) {
            throw file.malformed("'" + path + "' is no group");
        }
        return (Group) node;
    }

    /** The strings of an attribute, one if it is a scalar; null if there is no such attribute. */
    @Nullable
    List<String> strings(Node node, String name) {
        @Nullable Attribute attribute = node.getAttribute(name);
        if (attribute == null) {
            return null;
        }
        long count = attribute.getSize();
        if (count == 0 || attribute.isEmpty()) {
            return List.of();
        }
        boolean huge = count > MAX_STRINGS || attribute.getDimensions().length > 1;
        if (huge || attribute.getSizeInBytes() > MAX_ATTRIBUTE_BYTES || attribute.getJavaType() != String.class) {
            throw file.malformed("attribute '" + name + "' holds " + count + " "
                    + attribute.getJavaType().getSimpleName() + ", expected one string or a list of them");
        }
        Object data = attribute.getData();
        return data instanceof String[] array ? Arrays.asList(array) : List.of((String) data);
    }

    /**
     * Where the dataset at this path below {@code group} lies in the file.
     *
     * @param name of the tensor
     */
    RawTensor tensor(Group group, String path, String name) {
        @Nullable Node node = descend(group, path);
        if (!(node instanceof Dataset dataset)) {
            throw file.malformed("has no dataset '" + path + "' in " + group.getPath() + ", which it lists");
        }
        List<Long> dims = new ArrayList<>();
        for (int dim : dataset.getDimensions()) {
            dims.add((long) dim);
        }
        if (dims.size() > TorchTensor.MAX_RANK || dims.stream().anyMatch(dim -> dim < 0)) {
            throw file.malformed("dataset '" + path + "' has the shape " + dims);
        }
        TensorInfo info = new TensorInfo(name, type(path, dataset.getDataType()), new Shape(dims));
        if (!(dataset instanceof ContiguousDataset contiguous) || dataset.isEmpty()) {
            throw file.malformed(info + " is stored in chunks, compressed or not at all, expected one piece as Keras"
                    + " writes it");
        }
        long position = Math.addExact(contiguous.getDataAddress(), userBlock);
        file.requireRange(
                position,
                Math.multiplyExact(info.shape().elements(), info.type().bytes()),
                info.toString());
        ByteOrder order = dataset.getDataType() instanceof OrderedDataType ordered
                ? ordered.getByteOrder()
                : ByteOrder.LITTLE_ENDIAN;
        return RawTensor.contiguous(info, position, order);
    }

    private ElementType type(String path, DataType type) {
        @Nullable
        ElementType found = switch (type) {
            case FloatingPoint f ->
                switch (f.getSize()) {
                    // The only 2-byte type of HDF5 itself is IEEE's; bfloat16 would have 8 bits of exponent.
                    case 2 -> f.getExponentSize() == 5 ? ElementType.F16 : ElementType.BF16;
                    case 4 -> ElementType.F32;
                    case 8 -> ElementType.F64;
                    default -> null;
                };
            case FixedPoint f ->
                switch (f.getSize()) {
                    case 1 -> f.isSigned() ? ElementType.I8 : ElementType.U8;
                    case 2 -> f.isSigned() ? ElementType.I16 : ElementType.U16;
                    case 4 -> f.isSigned() ? ElementType.I32 : ElementType.U32;
                    case 8 -> f.isSigned() ? ElementType.I64 : ElementType.U64;
                    default -> null;
                };
            default -> null;
        };
        if (found == null) {
            throw file.malformed("dataset '" + path + "' holds "
                    + type.getClass().getSimpleName() + " of " + type.getSize() + " bytes, expected numbers");
        }
        return found;
    }

    private @Nullable Node descend(Group group, String path) {
        @Nullable Node node = group;
        int from = 0;
        while (node instanceof Group parent && from <= path.length()) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            node = to == from ? parent : parent.getChild(path.substring(from, to));
            if (node != null && node.isLink()) {
                throw file.malformed("'" + path + "' is a link, which is not followed");
            }
            from = to + 1;
        }
        return from > path.length() ? node : null;
    }
}
