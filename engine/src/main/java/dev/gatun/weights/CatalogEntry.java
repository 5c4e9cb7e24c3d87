package dev.gatun.weights;

import dev.gatun.image.Preprocessing;
import java.net.URI;
import java.nio.file.Path;

/**
 * Published weights, with what their publisher says of them.
 *
 * @param name such as {@code resnet50/IMAGENET1K_V2}
 * @param uri of the file
 * @param digest what the file hashes to
 * @param mebibytes size of the file as published, rounded to three digits, by Keras to none
 * @param parameters of the model, without the statistics of its batch normalisations
 * @param top1 published accuracy on the ImageNet-1K validation set, in percent
 * @param top5 published accuracy on the ImageNet-1K validation set, in percent
 * @param preprocessing that the accuracy was measured with; Keras tells only the crop and the normalisation
 * @param recipe how the weights were trained
 * @param license what the publisher says of their use
 */
public record CatalogEntry(
        String name,
        URI uri,
        FileDigest digest,
        double mebibytes,
        long parameters,
        double top1,
        double top5,
        Preprocessing preprocessing,
        URI recipe,
        String license) {
    private static final int MEBIBYTE = 1 << 20;

    /** The model these weights are for, such as {@code resnet50}. */
    public String model() {
        return name.substring(0, name.indexOf('/'));
    }

    /** The name of the file as published. */
    public String fileName() {
        return Path.of(uri.getPath()).getFileName().toString();
    }

    /** More bytes than the file can have: its published size, with a hundredth for rounding. */
    public long maxBytes() {
        return (long) (mebibytes * 1.01 * MEBIBYTE);
    }
}
