package dev.gatun.weights;

import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Seeded initial weights, the same on every machine. Values are computed anew by each {@link #read}; thread-safe, nothing
 * to close.
 */
public final class RandomWeights implements WeightSource {
    private final String origin;
    private final long seed;
    private final boolean trainedLike;
    private final Map<String, TensorSpec> specs = new LinkedHashMap<>();
    private final Map<String, TensorInfo> tensors;

    private RandomWeights(List<TensorSpec> specs, long seed, boolean trainedLike) {
        this.origin = "random (seed " + seed + ")";
        this.seed = seed;
        this.trainedLike = trainedLike;
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        for (TensorSpec spec : specs) {
            this.specs.put(spec.name(), spec);
            infos.put(spec.name(), new TensorInfo(spec.name(), ElementType.F32, spec.shape()));
        }
        this.tensors = Collections.unmodifiableMap(infos);
    }

    /**
     * As torchvision initialises a ResNet: convolutions normal with variance 2 / (oc * kh * kw) (He et al. 2015, fan out),
     * batch normalisations the identity, inner products and biases uniform within 1 / sqrt(fan in) (torch.nn.Linear).
     */
    public static RandomWeights he(List<TensorSpec> specs, long seed) {
        return new RandomWeights(specs, seed, false);
    }

    /**
     * As {@link #he}, but with batch normalisations that are not the identity, as after training, so that folding them is
     * seen to be right: scale in [0.3, 0.9), shift and mean in [-0.2, 0.2), variance in [0.5, 1.5). The scale is below 1
     * to keep the sums over the shortcuts of the deepest networks within the range of f16.
     */
    public static RandomWeights trainedLike(List<TensorSpec> specs, long seed) {
        return new RandomWeights(specs, seed, true);
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public String container() {
        return "random";
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return tensors;
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public float[] read(String name) {
        TensorSpec spec = Objects.requireNonNull(specs.get(tensor(name).name()));
        float[] values = new float[Math.toIntExact(spec.shape().elements())];
        SplitMix64 random = SplitMix64.forName(seed, name);
        switch (spec.role()) {
            case CONV_WEIGHT -> {
                double deviation = Math.sqrt(2.0 / fan(spec.shape(), 0));
                fill(values, () -> deviation * random.gaussian());
            }
            case INNER_PRODUCT_WEIGHT -> fillUniform(values, random, 1 / Math.sqrt(fan(spec.shape(), 1)));
            case CONV_BIAS, INNER_PRODUCT_BIAS -> fillUniform(values, random, 1 / Math.sqrt(fan(kernelOf(spec), 1)));
            case BN_WEIGHT -> fillNorm(values, random, 1, 0.3, 0.9);
            case BN_BIAS, BN_MEAN -> fillNorm(values, random, 0, -0.2, 0.2);
            case BN_VARIANCE -> fillNorm(values, random, 1, 0.5, 1.5);
        }
        return values;
    }

    private void fillNorm(float[] values, SplitMix64 random, float identity, double low, double high) {
        if (trainedLike) {
            fill(values, () -> random.uniform(low, high));
        } else {
            Arrays.fill(values, identity);
        }
    }

    private static void fillUniform(float[] values, SplitMix64 random, double bound) {
        fill(values, () -> random.uniform(-bound, bound));
    }

    private static void fill(float[] values, DoubleSupplier next) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) next.getAsDouble();
        }
    }

    /** Connections of one unit: the extent at {@code axis} (0 out, 1 in) times the kernel's size. */
    private static double fan(Shape kernel, int axis) {
        double fan = kernel.dim(axis);
        for (int spatial = 2; spatial < kernel.rank(); spatial++) {
            fan *= kernel.dim(spatial);
        }
        return fan;
    }

    private Shape kernelOf(TensorSpec bias) {
        String name = bias.name().replaceFirst("bias$", "weight");
        @Nullable TensorSpec kernel = specs.get(name);
        if (kernel == null || kernel.shape().rank() < 2) {
            throw new IllegalArgumentException("bias '" + bias.name() + "' has no kernel '" + name + "'");
        }
        return kernel.shape();
    }

    @Override
    public void close() {}
}
