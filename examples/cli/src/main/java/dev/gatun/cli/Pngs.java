package dev.gatun.cli;

import dev.gatun.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Writes pictures. */
final class Pngs {
    private Pngs() {}

    /**
     * Writes a PNG, whole or not at all.
     *
     * @throws CommandException if it cannot be written
     */
    static void write(Path path, RgbImage image) {
        BufferedImage buffered = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                buffered.setRGB(
                        x,
                        y,
                        (image.sample(x, y, 0) << (2 * Byte.SIZE))
                                | (image.sample(x, y, 1) << Byte.SIZE)
                                | image.sample(x, y, 2));
            }
        }
        try (OutputFile file = OutputFile.create(path)) {
            file.write(channel -> {
                ByteBuffer bytes = ByteBuffer.wrap(encode(buffered));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            });
            file.commit();
        }
    }

    private static byte[] encode(BufferedImage image) throws IOException {
        ImageIO.setUseCache(false);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, "png", bytes)) {
            throw new IOException("this JDK writes no PNG");
        }
        return bytes.toByteArray();
    }
}
