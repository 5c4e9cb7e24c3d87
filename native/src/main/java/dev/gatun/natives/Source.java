package dev.gatun.natives;

/** Where the loaded oneDNN came from, in the order of search. */
public enum Source {
    /** The directory named by the system property {@code gatun.native.dir}. */
    DIRECTORY,
    /** A {@code gatun-native-<version>-<classifier>.jar}, verified and unpacked into the cache. */
    PACKAGED,
    /** The search path of the operating system's dynamic loader. */
    SYSTEM
}
