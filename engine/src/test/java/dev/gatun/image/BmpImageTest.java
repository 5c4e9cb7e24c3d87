package dev.gatun.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Microsoft's description of BI_RLE8 and BI_RLE4 says and Pillow does not do: deltas, odd runs of literals. */
class BmpImageTest {
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;

    @ParameterizedTest
    @CsvSource({
        // runs, end of line, end of bitmap
        "8, 03040000 04050001, 4440/5555",
        // literals padded to 16 bits, then a run
        "8, 0003 0102 0300 0106 0000 0001, 1236/0000",
        // two right and one up, then a pixel
        "8, 0002 0201 0107 0001, 0000/0070",
        // a run past the end of its row is cut
        "8, 0903 0000 0102 0001, 3333/2000",
        // no end of bitmap is needed once all rows are drawn
        "8, 0401 0000 0402 0000, 1111/2222",
        // alternating nibbles, odd count
        "4, 03ab 0000 0001, aba0/0000",
        // three literal nibbles in two bytes, then a run
        "4, 0003 1230 0144 0000 0001, 1234/0000"
    })
    void decodesRuns(int bits, String runs, String bottomUp) {
        byte[] file = bitmap(4, 2, bits, bits == 8 ? RLE8 : RLE4, HexFormat.of().parseHex(runs.replace(" ", "")));
        RgbImage image = ImageDecoder.decode(file, "runs.bmp");
        String[] rows = bottomUp.split("/", -1);
        for (int y = 0; y < 2; y++) {
            for (int x = 0; x < 4; x++) {
                int index = Character.digit(rows[1 - y].charAt(x), 16);
                assertThat(image.sample(x, y, 0)).isEqualTo(100 + index);
                assertThat(image.sample(x, y, 2)).isEqualTo(index);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 0304", "8, 03", "8, 0005 0102", "8, 0002 01", "4, 0005 12"})
    void refusesTruncatedRuns(int bits, String runs) {
        byte[] file = bitmap(4, 2, bits, bits == 8 ? RLE8 : RLE4, HexFormat.of().parseHex(runs.replace(" ", "")));
        assertThatExceptionOfType(ImageFormatException.class)
                .isThrownBy(() -> ImageDecoder.decode(file, "runs.bmp"))
                .withMessageContaining("truncated");
    }

    @Test
    void deltasOutOfTheImageDrawNothing() {
        byte[] up = {0, 2, 0, (byte) 200, 1, 7, 0, 1};
        assertThat(ImageDecoder.decode(bitmap(4, 2, 8, RLE8, up), "up.bmp").sample(0, 0, 2))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "24, 4, compression 4", // BI_JPEG
        "8, 2, compression 2", // RLE4 of 8 bits
        "2, 0, 'BMP of 2 bits a pixel; readable are [1, 4, 8, 16, 24, 32]'"
    })
    void refusesOtherForms(int bits, int compression, String said) {
        byte[] file = bitmap(4, 2, bits, compression, new byte[64]);
        assertThatExceptionOfType(ImageFormatException.class)
                .isThrownBy(() -> ImageDecoder.decode(file, "odd.bmp"))
                .withMessageContaining(said);
    }

    /** A bitmap whose palette entry {@code i} is (100 + i, 0, i). */
    private static byte[] bitmap(int width, int height, int bits, int compression, byte[] pixels) {
        int entries = 16;
        int start = 54 + 4 * entries;
        ByteBuffer file = ByteBuffer.allocate(start + pixels.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {'B', 'M'}).putInt(10, start).putInt(14, 40).putInt(18, width);
        file.putInt(22, height).putShort(26, (short) 1).putShort(28, (short) bits);
        file.putInt(30, compression).putInt(46, entries).position(54);
        for (int i = 0; i < entries; i++) {
            file.put((byte) i).put((byte) 0).put((byte) (100 + i)).put((byte) 0);
        }
        return file.put(pixels).array();
    }
}
