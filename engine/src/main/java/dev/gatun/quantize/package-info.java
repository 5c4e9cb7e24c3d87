/**
 * Post-training quantisation to int8: from an f32 network and images to scales, s8 weights, and a file that keeps both.
 */
package dev.gatun.quantize;
