package dev.gatun.onednn;

/** Runs the reference tests' core in a process of its own, under the ISA limit of the environment. */
final class IsaMain {
    private IsaMain() {}

    public static void main(String[] args) {
        int implementations = 0;
        for (ConvolutionCase c : ConvolutionCase.all()) {
            implementations += ConvolutionTest.matchesExactly(c, FormatTag.ANY);
        }
        System.out.println("ISA " + OneDnn.effectiveIsa() + ", " + implementations + " implementations");
    }
}
