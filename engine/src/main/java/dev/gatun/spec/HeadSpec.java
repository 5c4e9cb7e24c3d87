package dev.gatun.spec;

/** What stands after the last stage. */
public sealed interface HeadSpec {
    /**
     * Global average pooling, an inner product, and maybe an activation.
     *
     * @param classes number of logits
     * @param activation of the logits
     */
    record Classes(int classes, Activation activation) implements HeadSpec {
        /** Checks the number. */
        public Classes {
            if (classes < 1) {
                throw new IllegalArgumentException("classes must be positive, found " + classes);
            }
        }
    }

    /**
     * No classes; Keras' {@code include_top=False}.
     *
     * @param kind what is put out instead
     */
    record Backbone(Features kind) implements HeadSpec {}

    /** Logits of this many classes. */
    static HeadSpec logits(int classes) {
        return new Classes(classes, Activation.NONE);
    }
}
