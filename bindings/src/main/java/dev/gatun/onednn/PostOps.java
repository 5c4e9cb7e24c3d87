package dev.gatun.onednn;

import java.util.ArrayList;
import java.util.List;

/**
 * What is done to a primitive's result before it is stored, in order. An immutable list without native parts; the
 * descriptors in it are borrowed until {@link Attr.Builder#build} has copied them. Thread-safe.
 */
public final class PostOps {
    /** No post-ops. */
    public static final PostOps NONE = new PostOps(List.of());

    private final List<PostOp> ops;

    private PostOps(List<PostOp> ops) {
        this.ops = ops;
    }

    /** One post-op. */
    sealed interface PostOp {
        /** {@code dst += scale * (old dst - zeroPoint)}, the old dst read as {@code dataType}. */
        record Sum(float scale, int zeroPoint, DataType dataType) implements PostOp {}

        /** {@code dst = algorithm(dst, alpha, beta)}. */
        record Eltwise(Algorithm algorithm, float alpha, float beta) implements PostOp {}

        /** {@code dst = algorithm(dst, src1)}, src1 broadcast to dst. */
        record Binary(Algorithm algorithm, MemoryDesc src1) implements PostOp {}
    }

    /** {@return an empty builder} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the number of post-ops} */
    public int size() {
        return ops.size();
    }

    List<PostOp> ops() {
        return ops;
    }

    /** {@return the post-ops in oneDNN's words, such as {@code sum:1.0+relu}} */
    @Override
    public String toString() {
        return String.join(
                "+",
                ops.stream()
                        .map(op -> switch (op) {
                            case PostOp.Sum sum -> "sum:" + sum.scale();
                            case PostOp.Eltwise e -> e.algorithm() + ":" + e.alpha() + ":" + e.beta();
                            case PostOp.Binary b -> b.algorithm() + ":" + b.src1();
                        })
                        .toList());
    }

    /** Collects post-ops in their order. */
    public static final class Builder {
        private final List<PostOp> ops = new ArrayList<>();

        private Builder() {}

        /**
         * Adds what the destination held before: {@code dst += scale * old dst}.
         *
         * @param scale factor of the old destination
         * @return this
         */
        public Builder sum(float scale) {
            return sum(scale, 0, DataType.UNDEF);
        }

        /**
         * Adds what the destination held before, read as another type: {@code dst += scale * (old dst - zeroPoint)}.
         *
         * @param scale factor of the old destination
         * @param zeroPoint what an old zero is stored as
         * @param dataType type of the old destination, of the size of the new one's; {@link DataType#UNDEF} for the
         *     same type
         * @return this
         */
        public Builder sum(float scale, int zeroPoint, DataType dataType) {
            ops.add(new PostOp.Sum(scale, zeroPoint, dataType));
            return this;
        }

        /**
         * Applies ReLU.
         *
         * @return this
         */
        public Builder relu() {
            return eltwise(Algorithm.ELTWISE_RELU, 0, 0);
        }

        /**
         * Applies a function to every element.
         *
         * @param algorithm one of {@code ELTWISE_*}
         * @param alpha its first parameter
         * @param beta its second parameter
         * @return this
         */
        public Builder eltwise(Algorithm algorithm, float alpha, float beta) {
            Shapes.checkAlgorithm(algorithm, "ELTWISE");
            ops.add(new PostOp.Eltwise(algorithm, alpha, beta));
            return this;
        }

        /**
         * Combines every element with one of another tensor, passed as {@link Arg#attrPostOp} of {@link Arg#SRC_1}.
         *
         * @param algorithm one of {@code BINARY_*}
         * @param src1 the other tensor; each dimension that of dst, or 1 to broadcast
         * @return this
         */
        public Builder binary(Algorithm algorithm, MemoryDesc src1) {
            Shapes.checkAlgorithm(algorithm, "BINARY");
            ops.add(new PostOp.Binary(algorithm, src1));
            return this;
        }

        /** {@return the post-ops} */
        public PostOps build() {
            return new PostOps(List.copyOf(ops));
        }
    }
}
