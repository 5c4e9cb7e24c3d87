/** Where pixels and taps of convolutions lie, for code that works on tiles of them. Pure geometry. */
package dev.gatun.tiles;
