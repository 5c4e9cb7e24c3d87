package dev.gatun.benchmarks.peers;

import java.util.Arrays;
import java.util.List;

/** Ways to run a network in libtorch, all with batch normalisation folded. */
enum TorchMode {
    /** Fused operations of oneDNN on packed weights, as torch's inductor emits them for CPUs; activations NHWC. */
    FUSED_CHANNELS_LAST("fused channels_last"),
    /** The same, in layouts that oneDNN chooses. */
    FUSED("fused"),
    /** Plain operations, activations and weights NHWC. */
    CHANNELS_LAST("channels_last"),
    /** Plain operations, frozen, then {@code optimize_for_inference}: f32 convolutions become oneDNN's. */
    OPTIMIZED("freeze + optimize_for_inference");

    private final String words;

    TorchMode(String words) {
        this.words = words;
    }

    boolean fused() {
        return this == FUSED || this == FUSED_CHANNELS_LAST;
    }

    boolean channelsLast() {
        return this == CHANNELS_LAST || this == FUSED_CHANNELS_LAST;
    }

    /** What TorchScript's public operations and passes give: how libtorch is usually used. */
    static List<String> ordinary() {
        return words(List.of(CHANNELS_LAST, OPTIMIZED));
    }

    /** What can be had with operations that torch's compiler keeps to itself. */
    static List<String> handFused() {
        return words(List.of(FUSED_CHANNELS_LAST, FUSED));
    }

    private static List<String> words(List<TorchMode> modes) {
        return modes.stream().map(TorchMode::toString).toList();
    }

    static TorchMode of(String words) {
        return Arrays.stream(values())
                .filter(mode -> mode.words.equals(words))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no mode of torch is called " + words));
    }

    @Override
    public String toString() {
        return words;
    }
}
