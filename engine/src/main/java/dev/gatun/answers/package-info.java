/** What a network knows beside its answer: features, the places that speak for a class, and what several networks, crops or scales think together. */
package dev.gatun.answers;
