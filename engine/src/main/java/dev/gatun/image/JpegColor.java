package dev.gatun.image;

import java.util.List;

/**
 * How the components of a JPEG become RGB: which colour space they are in is decided as libjpeg-turbo decides it
 * (jdapimin.c, default_decompress_parms), the sums are libjpeg's 16-bit fixed point (jdcolor.c), and ink is turned to
 * light as Pillow does it (JpegImagePlugin's {@code CMYK;I}, Convert.c's cmyk2rgb).
 */
enum JpegColor {
    GRAY {
        @Override
        byte[] toRgb(byte[] samples) {
            byte[] rgb = new byte[Math.multiplyExact(samples.length, 3)];
            for (int i = 0, at = 0; i < samples.length; i++, at += 3) {
                byte v = samples[i];
                rgb[at] = v;
                rgb[at + 1] = v;
                rgb[at + 2] = v;
            }
            return rgb;
        }
    },
    RGB {
        @Override
        byte[] toRgb(byte[] samples) {
            return samples;
        }
    },
    YCC {
        @Override
        byte[] toRgb(byte[] samples) {
            yccToRgb(samples, 3);
            return samples;
        }
    },
    CMYK {
        @Override
        byte[] toRgb(byte[] samples) {
            return inkToRgb(samples);
        }
    },
    YCCK {
        @Override
        byte[] toRgb(byte[] samples) {
            yccToRgb(samples, 4);
            // libjpeg gives ink as the complement of that RGB, which the inversion of all ink would undo
            for (int i = 0; i < samples.length; i += 4) {
                samples[i] = (byte) ~samples[i];
                samples[i + 1] = (byte) ~samples[i + 1];
                samples[i + 2] = (byte) ~samples[i + 2];
            }
            return inkToRgb(samples);
        }
    };

    private static final int SCALE_BITS = 16;
    private static final int HALF = 1 << (SCALE_BITS - 1);
    private static final int CR_TO_R = fix(1.40200);
    private static final int CB_TO_G = fix(0.34414);
    private static final int CR_TO_G = fix(0.71414);
    private static final int CB_TO_B = fix(1.77200);

    /** Interleaved samples to RGB; may work in place and return the same array. */
    abstract byte[] toRgb(byte[] samples);

    static JpegColor of(ImageSource source, JpegHeader header) {
        return switch (header.componentIds().size()) {
            case 1 -> GRAY;
            case 3 -> ofThree(header);
            case 4 -> header.adobeTransform() <= 0 ? CMYK : YCCK;
            default -> throw source.error("JPEG of components " + header.componentIds());
        };
    }

    private static JpegColor ofThree(JpegHeader header) {
        if (header.jfif()) {
            return YCC;
        }
        if (header.adobeTransform() != JpegHeader.NO_ADOBE) {
            return header.adobeTransform() == 0 ? RGB : YCC;
        }
        return header.componentIds().equals(List.of((int) 'R', (int) 'G', (int) 'B')) ? RGB : YCC;
    }

    private static int fix(double x) {
        return (int) (x * (1 << SCALE_BITS) + 0.5);
    }

    private static void yccToRgb(byte[] samples, int step) {
        for (int i = 0; i < samples.length; i += step) {
            int y = samples[i] & 0xff;
            int cb = (samples[i + 1] & 0xff) - 128;
            int cr = (samples[i + 2] & 0xff) - 128;
            samples[i] = clip(y + ((CR_TO_R * cr + HALF) >> SCALE_BITS));
            samples[i + 1] = clip(y + ((-CB_TO_G * cb - CR_TO_G * cr + HALF) >> SCALE_BITS));
            samples[i + 2] = clip(y + ((CB_TO_B * cb + HALF) >> SCALE_BITS));
        }
    }

    /** Adobe stores ink inverted: 255 is none. Every CMYK file is taken so, as Pillow does. */
    private static byte[] inkToRgb(byte[] samples) {
        byte[] rgb = new byte[samples.length / 4 * 3];
        for (int from = 0, to = 0; from < samples.length; from += 4, to += 3) {
            int light = samples[from + 3] & 0xff;
            for (int c = 0; c < 3; c++) {
                int product = (255 - (samples[from + c] & 0xff)) * light + 128;
                rgb[to + c] = clip(light - (((product >> 8) + product) >> 8));
            }
        }
        return rgb;
    }

    private static byte clip(int value) {
        return (byte) Math.clamp(value, 0, 255);
    }
}
