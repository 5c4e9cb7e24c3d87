/** What the machine can do at most, and what a compiled model makes of it: peaks, per-layer times, JFR events. */
package dev.gatun.profile;
