/**
 * Who computes where: {@link dev.gatun.runtime.Placement} turns the machine into streams x threads, a {@link
 * dev.gatun.runtime.StreamPool} is that many long-lived threads with a session each, and a {@link dev.gatun.runtime.Batcher} makes
 * batches of single images for them.
 */
package dev.gatun.runtime;
