package dev.gatun.weights;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what torch.save writes since 1.6: a zip archive of uncompressed entries, with the pickle in {@code
 * <any>/data.pkl}, each storage in {@code <any>/data/<key>}, and since 2.1 the byte order in {@code <any>/byteorder}.
 * The archive's checksums are not verified, as torch does not: it can be told to write none.
 */
final class TorchZip implements Container {
    private static final Map<String, ByteOrder> BYTE_ORDERS =
            Map.of("little", ByteOrder.LITTLE_ENDIAN, "big", ByteOrder.BIG_ENDIAN);
    private static final int MAX_BYTE_ORDER_NAME = 16;

    @Override
    public String title() {
        return "torch checkpoint (zip)";
    }

    /** torch puts every entry into one folder; NumPy and Keras 3 (.keras) put theirs at the top. */
    @Override
    public boolean recognises(FileBytes file) {
        @Nullable String first = ZipDirectory.firstName(file);
        return first != null && (first.isEmpty() || first.indexOf('/') > 0);
    }

    @Override
    public WeightSource read(FileBytes file) {
        ZipDirectory zip = ZipDirectory.read(file);
        String folder = zip.folder();
        ZipDirectory.@Nullable Entry pickle = zip.find(folder + "data.pkl");
        if (pickle == null) {
            throw file.malformed("is a zip archive without a " + folder + "data.pkl, so not a torch checkpoint");
        }
        if (zip.find(folder + "constants.pkl") != null) {
            throw file.malformed("is a TorchScript archive (a program), expected a checkpoint of tensors:"
                    + " in Python, save model.state_dict()");
        }
        PickleInput in = new PickleInput(file, pickle.position(), pickle.position() + pickle.bytes());
        Object root = PickleMachine.load(in, TorchTensor::storage);
        return TorchStateDict.open(
                title(),
                file,
                root,
                storage -> {
                    String name = folder + "data/" + storage.key();
                    ZipDirectory.@Nullable Entry entry = zip.find(name);
                    if (entry == null) {
                        throw file.malformed("the archive has no entry '" + name + "', which its pickle refers to");
                    }
                    return new TorchStateDict.Extent(entry.position(), entry.bytes());
                },
                byteOrder(file, zip, folder));
    }

    private static ByteOrder byteOrder(FileBytes file, ZipDirectory zip, String folder) {
        ZipDirectory.@Nullable Entry entry = zip.find(folder + "byteorder");
        if (entry == null) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        int length = (int) Math.min(entry.bytes(), MAX_BYTE_ORDER_NAME);
        String name = new String(file.bytes(entry.position(), length).array(), StandardCharsets.ISO_8859_1);
        @Nullable ByteOrder order = BYTE_ORDERS.get(name);
        if (order == null) {
            throw file.malformed("unknown byte order '" + name + "', expected little or big");
        }
        return order;
    }
}
