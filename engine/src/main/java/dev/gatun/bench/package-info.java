/**
 * Load scenarios after MLPerf's LoadGen (Reddi et al. 2020, "MLPerf Inference Benchmark", section 4): how soon single batches are done,
 * how many images a second, and which rate of single images a server bears. They run any {@link dev.gatun.runtime.Streamable}.
 */
package dev.gatun.bench;
