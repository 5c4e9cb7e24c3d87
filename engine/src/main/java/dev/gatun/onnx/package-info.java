/**
 * Export to ONNX. {@link dev.gatun.onnx.OnnxWriter} writes any graph and its parameter values as a model that other runtimes
 * load.
 */
package dev.gatun.onnx;
