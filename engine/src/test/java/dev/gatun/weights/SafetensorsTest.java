package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.spec.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
    private static final String F32_PAIR = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    @TempDir
    private Path directory;

    private WeightSource open(String header, byte[] data) {
        return WeightFiles.open(Fixtures.write(directory, Fixtures.safetensors(header, data)));
    }

    @Test
    void readsEachFloatingTypeExactlyAndListsTheRestInFileOrder() {
        ByteBuffer data = ByteBuffer.allocate(4 + 6 + 6 + 8).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(-1.5f);
        data.putShort((short) 0x3c00).putShort((short) 0x0001).putShort((short) 0xfc00);
        data.putShort((short) 0x3f80).putShort((short) 0xc0a0).putShort((short) 0x7fc0);
        data.putLong(7);
        try (WeightSource source = open(
                "{\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[16,24]},"
                        + "\"h\":{\"dtype\":\"F16\",\"shape\":[3,1],\"data_offsets\":[4,10]},"
                        + "\"__metadata__\":{\"format\":\"pt\",\"top1\":\"91.34\"},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[10,16],\"unknown\":[{}]},"
                        + "\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}   ",
                data.array())) {
            assertThat(source.tensors().keySet()).containsExactly("s", "h", "b", "n");
            assertThat(source.tensor("h")).isEqualTo(new TensorInfo("h", ElementType.F16, Shape.of(3, 1)));
            assertThat(source.metadata()).containsExactly(Map.entry("format", "pt"), Map.entry("top1", "91.34"));
            assertThat(source.read("s")).containsExactly(-1.5f);
            assertThat(source.read("h")).containsExactly(1, 0x1p-24f, Float.NEGATIVE_INFINITY);
            assertThat(source.read("b")).containsExactly(1, -5, Float.NaN);
            assertThatIllegalArgument(source, "n").hasMessageContaining("I64");
            assertThatIllegalArgument(source, "x").hasMessageContaining("no tensor 'x'");
        }
    }

    private static AbstractThrowableAssert<?, ?> assertThatIllegalArgument(WeightSource source, String name) {
        return assertThatThrownBy(() -> source.read(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsTensorsLargerThanOneChunk() {
        float[] values = Fixtures.count(200_003);
        try (WeightSource source = open(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[200003],\"data_offsets\":[0,800012]}}",
                Fixtures.floats(ByteOrder.LITTLE_ENDIAN, values))) {
            assertThat(source.read("a")).isEqualTo(values);
        }
    }

    @Test
    void givesTheSameValuesToManyThreads() {
        float[] values = Fixtures.count(50_000);
        try (WeightSource source = open(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[50000],\"data_offsets\":[0,200000]}}",
                Fixtures.floats(ByteOrder.LITTLE_ENDIAN, values))) {
            assertThat(IntStream.range(0, 32).parallel().mapToObj(i -> source.read("a")))
                    .allSatisfy(read -> assertThat(read).isEqualTo(values));
        }
    }

    @Test
    void refusesToReadOnceClosed() {
        WeightSource source = open(F32_PAIR, new byte[8]);
        source.close();
        source.close();
        assertThatThrownBy(() -> source.read("a")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void reportsAFileThatWasTruncatedWhileOpen() throws IOException {
        Path file = Fixtures.write(directory, Fixtures.safetensors(F32_PAIR, new byte[8]));
        try (WeightSource source = WeightFiles.open(file)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(Files.size(file) - 1);
            }
            assertThatThrownBy(() -> source.read("a"))
                    .isInstanceOf(WeightFormatException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    static Stream<Arguments> malformed() {
        byte[] eight = new byte[8];
        return Stream.of(
                Arguments.of("not JSON", "{\"a\":", eight, "malformed safetensors header"),
                Arguments.of("two objects", F32_PAIR + "{}", eight, "after the JSON object"),
                Arguments.of("an array of tensors", "{\"a\":[]}", eight, "START_ARRAY"),
                Arguments.of("a missing field", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", eight, "needs dtype"),
                Arguments.of(
                        "a duplicate name",
                        F32_PAIR.substring(0, F32_PAIR.length() - 1) + "," + F32_PAIR.substring(1),
                        eight,
                        "Duplicate field"),
                Arguments.of(
                        "a duplicate field",
                        F32_PAIR.replace("\"shape\"", "\"dtype\":\"F32\",\"shape\""),
                        eight,
                        "Duplicate field"),
                Arguments.of("an unknown dtype", F32_PAIR.replace("F32", "F31"), eight, "unknown dtype 'F31'"),
                Arguments.of("a negative extent", F32_PAIR.replace("[2]", "[-2]"), eight, "negative"),
                Arguments.of("a fractional extent", F32_PAIR.replace("[2]", "[2.0]"), eight, "VALUE_NUMBER_FLOAT"),
                Arguments.of("a huge extent", F32_PAIR.replace("[2]", "[99999999999999999999]"), eight, "malformed"),
                Arguments.of(
                        "an overflowing shape", F32_PAIR.replace("[2]", "[4294967296,4294967296]"), eight, "overflow"),
                Arguments.of(
                        "an overflowing size", F32_PAIR.replace("[2]", "[4611686018427387904]"), eight, "overflow"),
                Arguments.of(
                        "too many extents",
                        F32_PAIR.replace("[2]", "[" + "1,".repeat(40) + "2]"),
                        eight,
                        "more than 16"),
                Arguments.of(
                        "a size that is not the shape's", F32_PAIR.replace("[2]", "[1]"), eight, "expected 4 bytes"),
                Arguments.of("reversed offsets", F32_PAIR.replace("[0,8]", "[8,0]"), eight, "expected 8 bytes"),
                Arguments.of("three offsets", F32_PAIR.replace("[0,8]", "[0,8,8]"), eight, "more than 2"),
                Arguments.of(
                        "a gap at the start",
                        F32_PAIR.replace("[0,8]", "[4,12]"),
                        new byte[12],
                        "overlap or leave a gap"),
                Arguments.of(
                        "an overlap",
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                        new byte[4],
                        "overlap"),
                Arguments.of("missing data", F32_PAIR, new byte[7], "truncated or overlong"),
                Arguments.of("data that no tensor has", F32_PAIR, new byte[9], "truncated or overlong"),
                Arguments.of(
                        "metadata that is no string", "{\"__metadata__\":{\"a\":1}}", new byte[0], "VALUE_NUMBER_INT"),
                Arguments.of("deep nesting", "{\"a\":" + "{\"b\":[".repeat(50_000), eight, "malformed"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void rejects(String what, String header, byte[] data, String problem) {
        assertThatExceptionOfType(WeightFormatException.class)
                .as(what)
                .isThrownBy(() -> open(header, data))
                .withMessageContaining(directory.toString())
                .withMessageContaining(problem);
    }

    @Test
    void saysOverflowAlsoWhereCompiledCodeThrowsWithoutAMessage() {
        assertThat(WeightFormatException.reason(new ArithmeticException())).contains("overflow");
        assertThat(WeightFormatException.reason(new IllegalArgumentException("why")))
                .isEqualTo("why");
    }

    @Test
    void rejectsAHeaderLengthBeyondTheFileOrTheLimit() {
        for (long length : new long[] {Long.MIN_VALUE, -1, 100_000_001, 1000, Long.MAX_VALUE}) {
            byte[] bytes = Fixtures.safetensors(F32_PAIR, new byte[8]);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
            Path file = Fixtures.write(directory, bytes);
            assertThatThrownBy(() -> WeightFiles.open(file)).isInstanceOf(WeightFormatException.class);
        }
    }

    @Test
    void readsTheRealF16FileWithItsUnusedCounters() {
        try (WeightSource source = WeightFiles.open(Fixtures.shared("imagenet/resnet50-pqf-large.f16.safetensors"))) {
            assertThat(source.tensors()).hasSize(53 * 6 + 2);
            assertThat(source.tensor("fc.weight"))
                    .isEqualTo(new TensorInfo("fc.weight", ElementType.F16, Shape.of(1000, 2048)));
            assertThat(source.tensor("bn1.num_batches_tracked").type()).isEqualTo(ElementType.I64);
            assertThat(source.read("fc.bias")).hasSize(1000).doesNotContain(Float.NaN);
        }
    }
}
