package dev.gatun.benchmarks.peers;

/**
 * A contestant in one precision: a row of the table.
 *
 * @param contestant who
 * @param precision of weights and activations
 */
record Entrant(Contestant contestant, String precision) {
    @Override
    public String toString() {
        return contestant.title() + " " + precision;
    }
}
