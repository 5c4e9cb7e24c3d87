/** The smallest program that uses Gatun. */
@org.jspecify.annotations.NullMarked
module dev.gatun.embedded {
    requires static org.jspecify;
    requires dev.gatun;
}
