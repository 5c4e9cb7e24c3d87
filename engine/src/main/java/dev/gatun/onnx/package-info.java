/**
 * Export to and import from ONNX. {@link dev.gatun.onnx.OnnxWriter} writes any graph and its parameter values as a model that other
 * runtimes load; {@link dev.gatun.onnx.OnnxImporter} makes a network of what other programs write.
 */
package dev.gatun.onnx;
