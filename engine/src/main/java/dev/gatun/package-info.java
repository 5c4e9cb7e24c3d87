/**
 * ResNet inference: {@link dev.gatun.ResNet} names a variant, {@link dev.gatun.Model} is it with weights, {@link
 * dev.gatun.CompiledModel} is that made ready for a batch, size and precision, and a {@link dev.gatun.Session} runs it.
 */
package dev.gatun;
