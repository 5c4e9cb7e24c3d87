package dev.gatun.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the worked examples of protobuf.dev/programming-guides/encoding. */
class ProtobufTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0800",
        "1, 0801",
        "127, 087f",
        "128, 088001",
        "150, 089601",
        "9223372036854775807, 08ffffffffffffffff7f",
        "-2, 08feffffffffffffffff01"
    })
    void writesVarintsSevenBitsAtATime(long value, String expected) throws IOException {
        assertThat(hex(new Protobuf().varint(1, value))).isEqualTo(expected);
    }

    @Test
    void writesStringsAsUtf8BehindTheirLength() throws IOException {
        assertThat(hex(new Protobuf().string(2, "testing"))).isEqualTo("120774657374696e67");
        assertThat(hex(new Protobuf().string(2, "é"))).isEqualTo("1202c3a9");
    }

    @Test
    void writesFloatsLittleEndian() throws IOException {
        assertThat(hex(new Protobuf().fixed32(2, 1.5f))).isEqualTo("150000c03f");
    }

    @Test
    void writesNestedMessagesBehindTheirLength() throws IOException {
        assertThat(hex(new Protobuf().message(3, new Protobuf().varint(1, 150))))
                .isEqualTo("1a03089601");
    }

    @Test
    void writesKeysOfFieldsAbove15InTwoBytes() throws IOException {
        assertThat(hex(new Protobuf().varint(20, 7))).isEqualTo("a00107");
    }

    @Test
    void countsPayloadsThatAreMadeLater() throws IOException {
        byte[] payload = new byte[300];
        Protobuf inner = new Protobuf().bytes(9, payload.length, out -> out.write(payload));
        Protobuf outer = new Protobuf().message(1, inner).varint(2, 1);
        assertThat(inner.size()).isEqualTo(1 + 2 + 300);
        assertThat(hex(outer))
                .hasSize((int) (2 * outer.size()))
                .startsWith("0aaf024aac0200")
                .endsWith("001001");
    }

    private static String hex(Protobuf message) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        message.writeTo(out);
        assertThat(message.size()).isEqualTo(out.size());
        return HexFormat.of().formatHex(out.toByteArray());
    }
}
