/**
 * Networks of the ResNet family as data: records, and {@link dev.gatun.spec.Variants one table} of the published variants.
 * Everything here is immutable and safe for use by many threads.
 */
package dev.gatun.spec;
