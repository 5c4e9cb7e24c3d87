package dev.gatun.image;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.ServiceLoader;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import org.jspecify.annotations.Nullable;

/**
 * ImageIO's readers, each picked by name once and used without ImageIO's global state: no disk cache, no context class
 * loader, no plugin order. Thread-safe: a provider is shared, a reader lives for one image.
 */
final class ImageReaders {
    /** The JDK's libjpeg 6b. */
    static final ImageReaders JPEG = new ImageReaders("JPEG", true);

    /** The JDK's PNG reader. */
    static final ImageReaders PNG = new ImageReaders("PNG", true);

    /** The JDK's GIF reader. */
    static final ImageReaders GIF = new ImageReaders("GIF", true);

    /** TwelveMonkeys' WebP reader. */
    static final ImageReaders WEBP = new ImageReaders("WebP", false);

    private final String format;
    private final boolean fromJdk;
    private boolean sought;
    private @Nullable ImageReaderSpi found;

    /** What to take from a reader that has its input. */
    @FunctionalInterface
    interface Step<R> {
        R read(ImageReader reader) throws IOException;
    }

    private ImageReaders(String format, boolean fromJdk) {
        this.format = format;
        this.fromJdk = fromJdk;
    }

    /**
     * Reads {@code stream} in the name of {@code source}. Whatever a reader throws on bad bytes, and wanting bytes past
     * the end, becomes {@link ImageFormatException}.
     */
    <R> R read(ImageSource source, byte[] stream, Step<R> step) {
        ImageReaderSpi spi = provider();
        if (spi == null) {
            throw source.error(format + ", but no reader for it is on the module or class path");
        }
        try (MemoryImageInputStream input = new MemoryImageInputStream(stream)) {
            ImageReader reader = spi.createReaderInstance();
            try {
                reader.setInput(input, true, true);
                R result = step.read(reader);
                // TwelveMonkeys' reader looks ahead; WebP says its lengths, which have been checked
                if (fromJdk && input.exhausted()) {
                    throw source.error("truncated " + format + ": ends before its last pixel");
                }
                return result;
            } finally {
                reader.dispose();
            }
        } catch (ImageFormatException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw source.error("broken " + format + ": " + e.getMessage(), e);
        }
    }

    /** Looked up at the first image of its format, so that no other format loads plugins. */
    private synchronized @Nullable ImageReaderSpi provider() {
        if (!sought) {
            found = find(fromJdk ? registered() : installed());
            sought = true;
        }
        return found;
    }

    private static Iterator<ImageReaderSpi> registered() {
        return IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, true);
    }

    /** By this module's own loader: ImageIO would ask the context class loader of whoever comes first. */
    private static Iterator<ImageReaderSpi> installed() {
        return ServiceLoader.load(ImageReaderSpi.class, ImageReaders.class.getClassLoader())
                .iterator();
    }

    /** Plugins may register under the JDK's format names, and only the JDK's own are measured against Pillow. */
    private @Nullable ImageReaderSpi find(Iterator<ImageReaderSpi> providers) {
        while (providers.hasNext()) {
            ImageReaderSpi spi = providers.next();
            boolean isJdks = spi.getClass().getModule() == ImageIO.class.getModule();
            if (isJdks == fromJdk && Arrays.asList(spi.getFormatNames()).contains(format.toLowerCase(Locale.ROOT))) {
                return spi;
            }
        }
        return null;
    }
}
