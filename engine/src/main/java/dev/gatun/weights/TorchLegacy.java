package dev.gatun.weights;

import dev.gatun.weights.Pickled.Storage;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what torch.save wrote before 1.6: five pickles one after another (magic number, protocol version, facts about
 * the machine, the object, the keys of its storages in order), then each storage as its element count in 8 bytes and
 * its elements. All numbers are little-endian whatever machine wrote them.
 */
final class TorchLegacy implements Container {
    /** {@code MAGIC_NUMBER} of torch/serialization.py. */
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

    /** {@code PROTOCOL_VERSION} of torch/serialization.py. */
    private static final long PROTOCOL_VERSION = 1001;

    /** The magic number as pickle protocol 2 writes it: PROTO 2, LONG1 of 10 bytes. */
    private static final byte[] START = {
        (byte) 0x80,
        2,
        (byte) 0x8a,
        10,
        0x6c,
        (byte) 0xfc,
        (byte) 0x9c,
        0x46,
        (byte) 0xf9,
        0x20,
        0x6a,
        (byte) 0xa8,
        0x50,
        0x19
    };

    @Override
    public String title() {
        return "torch checkpoint (legacy)";
    }

    @Override
    public boolean recognises(FileBytes file) {
        return file.has(0, START);
    }

    @Override
    public WeightSource read(FileBytes file) {
        PickleInput in = new PickleInput(file, 0, file.size());
        require(file, in, MAGIC, "magic number");
        in = in.next();
        require(file, in, PROTOCOL_VERSION, "protocol version");
        in = in.next();
        PickleMachine.load(in, PickleMachine.PersistentIds.NONE);
        in = in.next();
        Map<String, Storage> storages = new HashMap<>();
        Object root = PickleMachine.load(in, id -> {
            Storage storage = TorchTensor.storage(id);
            @Nullable Storage known = storages.putIfAbsent(storage.key(), storage);
            if (known != null && (known.type() != storage.type() || known.elements() != storage.elements())) {
                throw new IllegalArgumentException(
                        "the storage '" + storage.key() + "' is described in two different ways");
            }
            return storage;
        });
        in = in.next();
        Map<String, TorchStateDict.Extent> extents = extents(file, in, storages);
        return TorchStateDict.open(
                title(),
                file,
                root,
                storage -> {
                    TorchStateDict.@Nullable Extent extent = extents.get(storage.key());
                    if (extent == null) {
                        throw file.malformed("has no data for its storage '" + storage.key() + "'");
                    }
                    return extent;
                },
                ByteOrder.LITTLE_ENDIAN);
    }

    private static Map<String, TorchStateDict.Extent> extents(
            FileBytes file, PickleInput in, Map<String, Storage> storages) {
        if (!(PickleMachine.load(in, PickleMachine.PersistentIds.NONE) instanceof Pickled.Sequence keys)) {
            throw in.malformed("expected a list of storage keys");
        }
        Map<String, TorchStateDict.Extent> extents = new HashMap<>();
        long position = in.position();
        for (Object key : keys.items()) {
            @Nullable Storage storage = key instanceof String name ? storages.get(name) : null;
            if (storage == null) {
                throw in.malformed("the list of storage keys names one that no tensor uses");
            }
            String what = "storage '" + storage.key() + "'";
            file.requireRange(position, Long.BYTES, what);
            long elements = file.bytes(position, Long.BYTES).getLong();
            if (elements != storage.elements()) {
                throw file.malformed(what + " at byte " + position + " has " + elements + " elements, expected "
                        + storage.elements());
            }
            position += Long.BYTES;
            long bytes = elements * storage.type().bytes();
            file.requireRange(position, bytes, what);
            if (extents.put(storage.key(), new TorchStateDict.Extent(position, bytes)) != null) {
                throw in.malformed("the list of storage keys names one twice");
            }
            position += bytes;
        }
        return extents;
    }

    private static void require(FileBytes file, PickleInput in, Object expected, String what) {
        if (!expected.equals(PickleMachine.load(in, PickleMachine.PersistentIds.NONE))) {
            throw file.malformed("has another " + what + ", expected " + expected);
        }
    }
}
