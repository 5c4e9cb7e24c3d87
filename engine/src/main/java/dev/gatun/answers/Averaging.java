package dev.gatun.answers;

/** Of what the mean is taken where several opinions become one. */
public enum Averaging {
    /** Of probabilities: the arithmetic mean of what each opinion gives a class; Krizhevsky et al. 2012. */
    PROBABILITIES,
    /** Of logits, which is the geometric mean of probabilities: an opinion that is sure has more to say. */
    LOGITS
}
