/**
 * Where parameters come from: readers for safetensors and torch checkpoints, seeded initialisation, the check of what
 * was read against what a model needs, and the catalogue of published weights with their download.
 *
 * <p>Files are untrusted: nothing in them is executed, every count, offset and shape is checked before it is used, and
 * memory is bounded by the size of the file. A file that is not well-formed gives one {@link
 * dev.gatun.weights.WeightFormatException}.
 */
package dev.gatun.weights;
