package dev.gatun.spec;

/** Which block of a stage has its stride. */
public enum StridedBlock {
    /** The first, as in the papers. */
    FIRST,
    /** The last; Keras Applications' V2. */
    LAST
}
