/**
 * Networks as files of other frameworks describe them, operation by operation: a {@link dev.gatun.network.Network} is a graph and its
 * weights, and {@link dev.gatun.network.NetworkBuilder} is what importers make one with.
 */
package dev.gatun.network;
