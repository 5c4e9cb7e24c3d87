package dev.gatun.weights;

/** A kind of weights file: one row of the table in {@link WeightFiles}. */
interface Container {
    /** What messages call it. */
    String title();

    /** Whether the content, not the name, of the file is of this kind; may read, never fails on short files. */
    boolean recognises(FileBytes file);

    /**
     * Reads the directory of the file; the result owns the file.
     *
     * @throws WeightFormatException if the file is malformed; the caller then closes it
     */
    WeightSource read(FileBytes file);
}
