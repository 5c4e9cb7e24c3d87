/** From a graph and its weights to primitives in an order, layouts chosen, weights packed and every value's place decided. */
package dev.gatun.plan;
