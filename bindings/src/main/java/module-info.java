/** A thin typed layer over the jextract bindings to oneDNN. */
@org.jspecify.annotations.NullMarked
module dev.gatun.onednn {
    requires static org.jspecify;
    requires transitive dev.gatun.natives;

    exports dev.gatun.onednn;
}
