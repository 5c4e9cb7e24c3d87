package dev.gatun.cli;

import dev.gatun.weights.CatalogEntry;
import java.util.OptionalDouble;

/**
 * What the publisher of weights says of them.
 *
 * @param top1 percent of the test images whose class is not the most probable one
 * @param top5 percent whose class is not among the five most probable ones, if it is told
 */
record PublishedErrors(double top1, OptionalDouble top5) {
    private static final int ALL = 100;

    static PublishedErrors of(CatalogEntry entry) {
        return new PublishedErrors(ALL - entry.top1(), OptionalDouble.of(ALL - entry.top5()));
    }
}
