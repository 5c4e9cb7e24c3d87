package dev.gatun.natives;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files to load.
 *
 * @param source where they were found
 * @param openmp the OpenMP runtime that lies beside oneDNN; empty if the dynamic loader is to find one
 * @param onednn oneDNN
 */
record LibraryFiles(Source source, Optional<Path> openmp, Path onednn) {}
