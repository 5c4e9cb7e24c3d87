/** Import of Keras models: {@link dev.gatun.keras.KerasImporter} makes a network of the configuration and weights of a .h5 file. */
package dev.gatun.keras;
