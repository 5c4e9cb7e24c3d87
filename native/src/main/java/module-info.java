/** Finds, verifies, unpacks and loads oneDNN and its OpenMP runtime; knows the machine. */
@org.jspecify.annotations.NullMarked
module dev.gatun.natives {
    requires static org.jspecify;

    exports dev.gatun.natives;
}
