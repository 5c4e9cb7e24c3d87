/**
 * From the bytes of an image file to a network's src tensor: decode to 8-bit RGB, resize and crop with Pillow's
 * arithmetic, normalise straight into the caller's memory.
 *
 * <p>{@link dev.gatun.image.ImageDecoder} reads JPEG, PNG, BMP, GIF and WebP, {@link dev.gatun.image.Preprocessor} does
 * the rest as a {@link dev.gatun.image.Preprocessing} record says. The reference is torchvision over Pillow; where the
 * two differ, the type that differs states by how much.
 */
package dev.gatun.image;
