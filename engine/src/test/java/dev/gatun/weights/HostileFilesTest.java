package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Malformed and malicious torch checkpoints: each gives one {@link WeightFormatException}. */
class HostileFilesTest {
    private static final byte[] FOUR = Fixtures.floats(ByteOrder.LITTLE_ENDIAN, 0, 1, 2, 3);
    private static final int MANY = 400_000;

    @TempDir
    private Path directory;

    private static PickleWriter pickle() {
        return new PickleWriter();
    }

    private static byte[] tensor(long elements, long offset, long[] size, long[] stride) {
        return PickleWriter.oneTensor(elements, offset, size, stride);
    }

    private static int[] repeated(int opcode, int times) {
        int[] opcodes = new int[times];
        Arrays.fill(opcodes, opcode);
        return opcodes;
    }

    static Stream<Arguments> pickles() {
        long[] one = {1};
        long[] four = {4};
        return Stream.of(
                Arguments.of(
                        "a global that runs programs",
                        pickle().global("os", "system").end(),
                        "'os.system' is refused"),
                Arguments.of("eval", pickle().global("builtins", "eval").end(), "'builtins.eval' is refused"),
                Arguments.of(
                        "numpy scalars",
                        pickle().global("numpy.core.multiarray", "scalar").end(),
                        "refused"),
                Arguments.of(
                        "a global of control characters",
                        pickle().global("o\u0001s", "x").end(),
                        "printable ASCII"),
                Arguments.of(
                        "an endless global",
                        pickle().raw(new byte[] {'c'}).op(repeated('a', 5000)).end(),
                        "printable"),
                Arguments.of("protocol 4", new byte[] {(byte) 0x80, 4, '}', '.'}, "protocol 2"),
                Arguments.of("no pickle", "hello".getBytes(StandardCharsets.US_ASCII), "protocol 2"),
                Arguments.of("nothing", new byte[0], "no end"),
                Arguments.of("no end", pickle().op('}').unfinished(), "no end"),
                Arguments.of("an empty stack at the end", pickle().end(), "there is none"),
                Arguments.of("a mark at the end", pickle().op('(').end(), "there is none"),
                Arguments.of("an unknown opcode", pickle().op('}', 0xff).end(), "0xff"),
                Arguments.of(
                        "INST",
                        pickle().op('(', 'i')
                                .raw("os\nsystem\n".getBytes(StandardCharsets.US_ASCII))
                                .end(),
                        "0x69"),
                Arguments.of("a tuple without mark", pickle().op('}', 't').end(), "needs a mark"),
                Arguments.of("a pair of one", pickle().op('}', 0x86).end(), "there is none"),
                Arguments.of(
                        "a pair with a mark", pickle().op('}', '(', '}', 0x86).end(), "there is a mark"),
                Arguments.of("an unset memo", pickle().op('h', 7).end(), "memo 7"),
                Arguments.of(
                        "a far memo",
                        pickle().op('}', 'r').int32(-1).op('j').int32(-2).end(),
                        "memo 4294967294"),
                Arguments.of(
                        "items for no dict",
                        pickle().op(']', '(', 'N', 'N', 'u').end(),
                        "Dict is needed"),
                Arguments.of("items for no list", pickle().op('}', 'N', 'a').end(), "Sequence is needed"),
                Arguments.of(
                        "a key without value", pickle().op('}', '(', 'N', 'u').end(), "no value"),
                Arguments.of("a dict as key", pickle().op('}', '}', 'N', 's').end(), "expected a string"),
                Arguments.of(
                        "a key twice",
                        pickle().op('}')
                                .text("a")
                                .op('N', 's')
                                .text("a")
                                .op('N', 's')
                                .end(),
                        "twice"),
                Arguments.of(
                        "a string beyond the end",
                        pickle().op('X').int32(1 << 30).end(),
                        "are left"),
                Arguments.of(
                        "a string of negative length",
                        pickle().op('T').int32(-5).end(),
                        "are left"),
                Arguments.of(
                        "a string that is not UTF-8",
                        pickle().op('X').int32(2).op(0xff, 0xfe).end(),
                        "UTF-8"),
                Arguments.of(
                        "a call of a string", pickle().text("a").op(')', 'R').end(), "Callable is needed"),
                Arguments.of(
                        "a call without tuple",
                        pickle().global("collections", "OrderedDict")
                                .op('N', 'R')
                                .end(),
                        "Tuple is needed"),
                Arguments.of(
                        "a call with too few",
                        pickle().global("torch._utils", "_rebuild_tensor_v2")
                                .op(')', 'R')
                                .end(),
                        "arguments"),
                Arguments.of("BUILD of a list", pickle().op(']', '}', 'b').end(), "Dict is needed"),
                Arguments.of(
                        "an id that is a string", pickle().text("0").op('Q').end(), "Tuple is needed"),
                Arguments.of(
                        "an id of a module",
                        pickle().op('(').text("module").op('N', 't', 'Q').end(),
                        "not a torch storage"),
                Arguments.of(
                        "an id of no type",
                        pickle().op('(').text("storage").op('N', 't', 'Q').end(),
                        "StorageType is needed"),
                Arguments.of("a negative storage", tensor(-1, 0, one, one), "-1"),
                Arguments.of("an overflowing storage", tensor(Long.MAX_VALUE / 2, 0, one, one), "overflow"),
                Arguments.of("a storage larger than its data", tensor(5, 0, four, one), "has 16 bytes, expected 20"),
                Arguments.of("a storage smaller than its data", tensor(3, 0, one, one), "has 16 bytes, expected 12"),
                Arguments.of("a negative offset", tensor(4, -1, one, one), "-1"),
                Arguments.of("an offset beyond the storage", tensor(4, 4, one, one), "does not fit"),
                Arguments.of("an overflowing offset", tensor(4, Long.MAX_VALUE, one, one), "does not fit"),
                Arguments.of("a negative extent", tensor(4, 0, new long[] {-4}, one), "-4"),
                Arguments.of("a negative stride", tensor(4, 3, four, new long[] {-1}), "-1"),
                Arguments.of("a stride beyond the storage", tensor(4, 0, four, new long[] {2}), "does not fit"),
                Arguments.of("an overflowing stride", tensor(4, 0, four, new long[] {Long.MAX_VALUE}), "overflow"),
                Arguments.of(
                        "an overflowing shape", tensor(4, 0, new long[] {1L << 40, 1L << 40}, new long[2]), "overflow"),
                Arguments.of(
                        "a shape blown up by stride 0",
                        tensor(4, 0, new long[] {1L << 31}, new long[1]),
                        "does not fit"),
                Arguments.of("more strides than extents", tensor(4, 0, four, new long[] {1, 1}), "as many of both"),
                Arguments.of("too many extents", tensor(4, 0, new long[17], new long[17]), "at most 16"),
                Arguments.of(
                        "a storage without data",
                        pickle().op('}')
                                .text("w")
                                .tensor("FloatStorage", "7", 4, 0, four, one)
                                .op('s')
                                .end(),
                        "no entry 'archive/data/7'"),
                Arguments.of(
                        "a storage outside the archive",
                        pickle().op('}')
                                .text("w")
                                .tensor("FloatStorage", "../../etc/passwd", 4, 0, four, one)
                                .op('s')
                                .end(),
                        "no entry"),
                Arguments.of("a list", pickle().op(']').end(), "expected a dict of tensors"),
                Arguments.of(
                        "no tensors",
                        pickle().op('}').text("epoch").integer(3).op('s').end(),
                        "holds no tensors"),
                Arguments.of(
                        "a dict that holds itself",
                        pickle().op('}', 'q', 0)
                                .text("state_dict")
                                .op('h', 0, 's')
                                .end(),
                        "holds no tensors"),
                Arguments.of(
                        "a list that holds itself",
                        pickle().op(']', 'q', 0, 'h', 0, 'a').end(),
                        "expected a dict"),
                Arguments.of(
                        "deep nesting",
                        pickle().op('N').op(repeated(0x85, MANY)).end(),
                        "expected a dict"),
                Arguments.of("many marks", pickle().op(repeated('(', MANY)).end(), "there is none"),
                Arguments.of(
                        "too many opcodes", pickle().op(repeated('N', 1 << 20)).end(), "opcodes"),
                Arguments.of(
                        "a pickle without end",
                        pickle().op(repeated(']', 1 << 24)).unfinished(),
                        "opcodes"),
                Arguments.of("a list copied again and again", copies(), "copy more than"));
    }

    /** A list of pairs in the memo, made into an OrderedDict over and over: 6 bytes would copy 60,000 references. */
    private static byte[] copies() {
        PickleWriter pickle = pickle().op(']', 'q', 0, '(');
        for (int i = 0; i < 30_000; i++) {
            pickle.integer(i).op('N', 0x86);
        }
        pickle.op('e').global("collections", "OrderedDict").op('q', 1);
        for (int i = 0; i < 10_000; i++) {
            pickle.op('h', 1, 'h', 0, 0x85, 'R');
        }
        return pickle.end();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pickles")
    void rejectsPicklesWith(String what, byte[] pickle, String problem) {
        Path file = Fixtures.write(directory, ZipWriter.checkpoint(pickle, FOUR));
        assertThatExceptionOfType(WeightFormatException.class)
                .as(what)
                .isThrownBy(() -> WeightFiles.open(file))
                .withMessageContaining(file.toString())
                .withMessageContaining(problem);
    }

    static Stream<Arguments> archives() {
        byte[] pickle = tensor(4, 0, new long[] {4}, new long[] {1});
        return Stream.of(
                Arguments.of(
                        "no pickle",
                        new ZipWriter(false).entry("a/data/0", FOUR).end(),
                        "without a a/data.pkl"),
                Arguments.of("no entry", new byte[] {'P', 'K', 3, 4}, "truncated"),
                Arguments.of(
                        "two entries of a name",
                        new ZipWriter(false)
                                .entry("a/data.pkl", pickle)
                                .entry("a/data.pkl", pickle)
                                .end(),
                        "two entries"),
                Arguments.of(
                        "a program",
                        new ZipWriter(false)
                                .entry("a/data.pkl", pickle)
                                .entry("a/constants.pkl", pickle)
                                .end(),
                        "TorchScript"),
                Arguments.of(
                        "compression",
                        new ZipWriter(false).entry("a/data.pkl", pickle, 8).end(),
                        "compressed"),
                Arguments.of(
                        "compressed data",
                        new ZipWriter(false)
                                .entry("a/data.pkl", pickle)
                                .entry("a/data/0", FOUR, 8)
                                .end(),
                        "compressed"),
                Arguments.of(
                        "an unknown byte order",
                        new ZipWriter(false)
                                .entry("a/data.pkl", pickle)
                                .entry("a/byteorder", "middle".getBytes(StandardCharsets.UTF_8))
                                .entry("a/data/0", FOUR)
                                .end(),
                        "byte order 'middle'"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("archives")
    void rejectsArchivesWith(String what, byte[] archive, String problem) {
        Path file = Fixtures.write(directory, archive);
        assertThatExceptionOfType(WeightFormatException.class)
                .as(what)
                .isThrownBy(() -> WeightFiles.open(file))
                .withMessageContaining(problem);
    }

    private byte[] base(String kind) {
        if (!kind.equals("safetensors")) {
            return Fixtures.resource(kind);
        }
        return Fixtures.safetensors(
                "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                        + "\"b\":{\"dtype\":\"F16\",\"shape\":[2,2],\"data_offsets\":[8,16]}}",
                new byte[16]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"torch-zip.pth", "torch-legacy.pth", "safetensors"})
    void rejectsTruncationAtEveryByte(String kind) throws IOException {
        byte[] whole = base(kind);
        Path file = Fixtures.write(directory, whole);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int length = whole.length - 1; length >= 0; length--) {
                channel.truncate(length);
                assertThatThrownBy(() -> openAndRead(file))
                        .as("cut to %d of %d bytes", length, whole.length)
                        .isInstanceOf(WeightFormatException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"torch-zip.pth", "torch-legacy.pth", "safetensors"})
    void survivesMutation(String kind) throws IOException {
        byte[] whole = base(kind);
        SplittableRandom random = new SplittableRandom(20261121);
        Path file = Fixtures.write(directory, whole);
        int rejected = 0;
        for (int round = 0; round < 2000; round++) {
            byte[] mutant = whole.clone();
            for (int edit = random.nextInt(1, 5); edit > 0; edit--) {
                mutate(mutant, random);
            }
            try {
                openAndRead(Files.write(file, mutant));
            } catch (WeightFormatException e) {
                rejected++;
            }
        }
        assertThat(rejected).isGreaterThan(100);
    }

    private static void mutate(byte[] bytes, SplittableRandom random) {
        int at = random.nextInt(bytes.length - 8);
        switch (random.nextInt(4)) {
            case 0 -> bytes[at] = (byte) random.nextInt();
            case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> ByteBuffer.wrap(bytes).putLong(at, random.nextBoolean() ? -1 : Long.MAX_VALUE);
            default -> {
                int count = random.nextInt(1, 9);
                System.arraycopy(
                        bytes, random.nextInt(bytes.length - count), bytes, Math.min(at, bytes.length - count), count);
            }
        }
    }

    /** Whatever the file holds, only {@link WeightFormatException} may come of it. */
    private static void openAndRead(Path file) {
        try (WeightSource source = WeightFiles.open(file)) {
            for (TensorInfo tensor : source.tensors().values()) {
                if (tensor.type().readable()) {
                    assertThat(source.read(tensor.name()))
                            .hasSize(Math.toIntExact(tensor.shape().elements()));
                }
            }
        }
    }

    @Test
    void namesWhatItFoundInsteadOfWeights() {
        Map<String, String> found = Map.of(
                "", "an empty file",
                "version https://git-lfs.github.com/spec/v1", "Git LFS pointer",
                "<!DOCTYPE html>", "HTML",
                "\u0080\u0004\u0095", "a pickle",
                "\u0089PNG\r\n", "PNG",
                "gibberish", "starting with 67 69 62 62 65 72 69 73");
        found.forEach((content, words) -> {
            Path file = Fixtures.write(directory, content.getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> WeightFiles.open(file))
                    .isInstanceOf(WeightFormatException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining(words)
                    .hasMessageContaining("safetensors");
        });
        assertThatThrownBy(() -> WeightFiles.open(directory))
                .isInstanceOf(WeightFormatException.class)
                .hasMessageContaining("directory");
        assertThatThrownBy(() -> WeightFiles.open(directory.resolve("absent.pth")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("absent.pth does not exist");
    }
}
