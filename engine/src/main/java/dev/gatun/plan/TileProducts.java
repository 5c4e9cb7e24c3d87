package dev.gatun.plan;

import dev.gatun.graph.Node;
import dev.gatun.natives.TileArguments;
import dev.gatun.natives.TileConvolution;
import dev.gatun.onednn.DataType;
import dev.gatun.onednn.FormatTag;
import dev.gatun.spec.Shape;
import dev.gatun.tiles.TilePacking;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Plans the inner products behind {@link TilePooling}'s means. */
final class TileProducts {
    private final PlanBuilder plan;
    private final Values values;

    TileProducts(PlanBuilder plan, Values values) {
        this.plan = plan;
        this.values = values;
    }

    /** In bf16. */
    void floating(Node.InnerProduct product, FoldedWeights folded, Value dst) {
        TilePacking packing = packing(product, TileNodes.BF16_BYTES);
        PackedTensor weights = plan.weights(
                product.name(),
                packing,
                DataType.BF16,
                data -> packing.pack(Arrays.copyOf(folded.weights(), packing.oc() * packing.ic()), data));
        multiply(
                product,
                TileConvolution.PRODUCT_BF16,
                values.floating(product.src()),
                packing,
                weights,
                null,
                folded::bias,
                dst);
    }

    /** In int8. */
    void quantized(Node.InnerProduct product, QuantizedLayer layer, Value dst) {
        Value src = values.eightBit(product.src());
        TilePacking packing = packing(product, 1);
        PackedTensor weights = plan.weights(
                product.name(),
                packing,
                DataType.S8,
                data -> packing.pack(Arrays.copyOf(layer.weights(), packing.oc() * packing.ic()), data));
        PackedTensor scales = plan.scales(
                product.name(),
                packing.oc(),
                () -> Arrays.copyOf(ConvPlanner.times(layer.scales(), src.scale(), 1), packing.oc()));
        multiply(product, TileConvolution.PRODUCT_U8, src, packing, weights, scales, layer::bias, dst);
    }

    private static TilePacking packing(Node.InnerProduct product, int elementBytes) {
        int oc = Math.ceilDiv(product.oc(), TileArguments.PANEL) * TileArguments.PANEL;
        return new TilePacking(oc, product.ic(), 1, 1, false, elementBytes);
    }

    private void multiply(
            Node.InnerProduct product,
            TileConvolution function,
            Value src,
            TilePacking packing,
            PackedTensor weights,
            @Nullable PackedTensor scales,
            Supplier<float[]> bias,
            Value dst) {
        PackedTensor packedBias = plan.packer()
                .floats(
                        product.name() + ".bias",
                        () -> Arrays.copyOf(bias.get(), packing.oc()),
                        plan.desc(DataType.F32, FormatTag.X, Shape.of(packing.oc())));
        plan.tiles(
                product.name(),
                new TileWork.Product(
                        function,
                        src.desc() + " -> " + dst.desc(),
                        plan.images(),
                        product.ic() * (long) src.desc().dataType().size(),
                        product.oc(),
                        weights,
                        scales,
                        packedBias),
                src,
                null,
                dst,
                null);
    }
}
