/** The engine beside the libraries that a Java user can have otherwise: each in a process of its own, turn by turn. */
@NullMarked
package dev.gatun.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
