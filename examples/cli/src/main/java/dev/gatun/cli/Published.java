package dev.gatun.cli;

import dev.gatun.image.Interpolation;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.weights.CatalogEntry;
import dev.gatun.weights.Downloader;
import dev.gatun.weights.WeightsCache;
import java.nio.file.Path;
import java.util.Locale;

/** Weights of the catalogue as commands use them. */
final class Published {
    private Published() {}

    /** The verified file, downloaded with a progress bar if it is not in the cache. */
    static Path obtain(CatalogEntry entry, WeightsCache cache, Terminal terminal) {
        if (cache.holds(entry)) {
            return cache.obtain(entry, new Downloader(), (_, _) -> {});
        }
        terminal.err().println("downloading " + entry.uri() + " to " + cache.path(entry));
        try (Progress progress = Progress.on(terminal, entry.name(), "MB", 1_000_000)) {
            return cache.obtain(entry, new Downloader(), progress::at);
        }
    }

    /** What the accuracy of the weights was measured with. */
    static Preprocessing preprocessing(CatalogEntry entry) {
        CatalogEntry.PublishedPreprocessing published = entry.preprocessing();
        return Preprocessing.square(
                published.resize(),
                published.crop(),
                Interpolation.valueOf(published.interpolation().toUpperCase(Locale.ROOT)),
                Normalization.rgb(published.mean(), published.std()));
    }
}
