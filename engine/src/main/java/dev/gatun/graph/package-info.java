/**
 * Networks as operations: {@link dev.gatun.graph.GraphBuilder} makes a spec's graph, every operation by itself, and {@link
 * dev.gatun.graph.Passes} rewrites it so that each convolution carries what surrounds it. Graphs are immutable, hold no
 * parameter values and know neither batch nor image size; everything here is safe for use by many threads.
 */
package dev.gatun.graph;
