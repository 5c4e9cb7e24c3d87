package dev.gatun.image;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
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
enum ImageReaders {
    /** The JDK's libjpeg 6b. */
    JPEG("jpeg"),
    /** The JDK's PNG reader. */
    PNG("png"),
    /** The JDK's GIF reader. */
    GIF("gif"),
    /** TwelveMonkeys' WebP reader. */
    WEBP("webp");

    private final String format;

    /** What to take from a reader that has its input. */
    @FunctionalInterface
    interface Step<R> {
        R read(ImageReader reader) throws IOException;
    }

    ImageReaders(String format) {
        this.format = format;
    }

    /**
     * Reads {@code stream} in the name of {@code source}. Whatever a reader throws on bad bytes, and wanting bytes past
     * the end, becomes {@link ImageFormatException}.
     */
    <R> R read(ImageSource source, byte[] stream, Step<R> step) {
        try (MemoryImageInputStream input = new MemoryImageInputStream(stream)) {
            ImageReader reader = provider(source).createReaderInstance();
            try {
                reader.setInput(input, true, true);
                R result = step.read(reader);
                if (input.exhausted()) {
                    throw source.error("truncated " + name() + ": ends before its last pixel");
                }
                return result;
            } finally {
                reader.dispose();
            }
        } catch (ImageFormatException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw source.error("broken " + name() + ": " + e.getMessage(), e);
        }
    }

    private ImageReaderSpi provider(ImageSource source) {
        @Nullable ImageReaderSpi provider = this == WEBP ? Plugin.WEBP : Jdk.PROVIDERS[ordinal()];
        if (provider == null) {
            throw source.error(name() + ", but no reader for it is on the module or class path");
        }
        return provider;
    }

    private static @Nullable ImageReaderSpi find(
            Iterator<ImageReaderSpi> providers, ImageReaders wanted, boolean fromJdk) {
        while (providers.hasNext()) {
            ImageReaderSpi provider = providers.next();
            boolean isJdks = provider.getClass().getModule() == ImageIO.class.getModule();
            if (isJdks == fromJdk && Arrays.asList(provider.getFormatNames()).contains(wanted.format)) {
                return provider;
            }
        }
        return null;
    }

    /** Plugins may register under the same format names; only what the JDK itself brings is measured against Pillow. */
    private static final class Jdk {
        static final @Nullable ImageReaderSpi[] PROVIDERS = new @Nullable ImageReaderSpi[WEBP.ordinal()];

        static {
            for (ImageReaders reader : new ImageReaders[] {JPEG, PNG, GIF}) {
                PROVIDERS[reader.ordinal()] = find(
                        IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, true), reader, true);
            }
        }
    }

    /** Found through this module's own loader: ImageIO would ask the context class loader of whoever comes first. */
    private static final class Plugin {
        static final @Nullable ImageReaderSpi WEBP = find(
                ServiceLoader.load(ImageReaderSpi.class, ImageReaders.class.getClassLoader())
                        .iterator(),
                ImageReaders.WEBP,
                false);
    }
}
