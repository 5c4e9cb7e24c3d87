package dev.gatun.onednn;

/** Runs the reference tests' core in a process of its own, under the ISA limit of the environment. */
final class IsaMain {
    private IsaMain() {}

    public static void main(String[] args) {
        int implementations = 0;
        for (ConvolutionCase c : ConvolutionCase.all()) {
            implementations += ConvolutionTest.matchesExactly(c, FormatTag.ANY);
            AttrTest attributes = new AttrTest();
            attributes.residualBlockEqualsReference(c);
            attributes.int8ConvolutionWithScalesEqualsReference(c);
        }
        new MatrixTest().matmulEqualsReferenceInEveryImplementation(3, 17, 5);
        new MatrixTest().innerProductEqualsReferenceInEveryImplementation(1, 512, 1000);
        new PoolingTest().equalsReferenceInEveryImplementationAndLayout(Algorithm.POOLING_MAX);
        System.out.println("ISA " + OneDnn.effectiveIsa() + ", " + implementations + " implementations");
    }
}
