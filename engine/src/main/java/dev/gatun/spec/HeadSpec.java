package dev.gatun.spec;

/**
 * What stands after the last stage: global average pooling and an inner product.
 *
 * @param classes number of logits
 */
public record HeadSpec(int classes) {
    /** Checks the number. */
    public HeadSpec {
        if (classes < 1) {
            throw new IllegalArgumentException("classes must be positive, found " + classes);
        }
    }
}
