package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphCost;
import dev.gatun.image.Normalization;
import dev.gatun.spec.Variants;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsCatalogTest {
    @Test
    void hasAllOfTorchvisionAndOfKerasApplications() {
        assertThat(WeightsCatalog.entries())
                .extracting(CatalogEntry::name)
                .containsExactly(
                        "resnet18/IMAGENET1K_V1",
                        "resnet34/IMAGENET1K_V1",
                        "resnet50/IMAGENET1K_V1",
                        "resnet50/IMAGENET1K_V2",
                        "resnet101/IMAGENET1K_V1",
                        "resnet101/IMAGENET1K_V2",
                        "resnet152/IMAGENET1K_V1",
                        "resnet152/IMAGENET1K_V2",
                        "resnext50_32x4d/IMAGENET1K_V1",
                        "resnext50_32x4d/IMAGENET1K_V2",
                        "resnext101_32x8d/IMAGENET1K_V1",
                        "resnext101_32x8d/IMAGENET1K_V2",
                        "resnext101_64x4d/IMAGENET1K_V1",
                        "wide_resnet50_2/IMAGENET1K_V1",
                        "wide_resnet50_2/IMAGENET1K_V2",
                        "wide_resnet101_2/IMAGENET1K_V1",
                        "wide_resnet101_2/IMAGENET1K_V2",
                        "resnet50-keras/imagenet",
                        "resnet101-keras/imagenet",
                        "resnet152-keras/imagenet",
                        "resnet50v2-keras/imagenet",
                        "resnet101v2-keras/imagenet",
                        "resnet152v2-keras/imagenet");
    }

    /** Rows as torchvision's documentation of pre-trained weights prints them. */
    @ParameterizedTest
    @CsvSource({
        "resnet18, resnet18-f37072fd.pth, 256, 69.758, 89.078",
        "resnet34, resnet34-b627a593.pth, 256, 73.314, 91.420",
        "resnet50/IMAGENET1K_V1, resnet50-0676ba61.pth, 256, 76.130, 92.862",
        "resnet50, resnet50-11ad3fa6.pth, 232, 80.858, 95.434",
        "resnet101, resnet101-cd907fc2.pth, 232, 81.886, 95.780",
        "resnet152/IMAGENET1K_V1, resnet152-394f9c45.pth, 256, 78.312, 94.046",
        "resnet152, resnet152-f82ba261.pth, 232, 82.284, 96.002",
        "resnext50_32x4d, resnext50_32x4d-1a0047aa.pth, 232, 81.198, 95.340",
        "resnext101_32x8d, resnext101_32x8d-110c445d.pth, 232, 82.834, 96.228",
        "resnext101_64x4d, resnext101_64x4d-173b62eb.pth, 232, 83.246, 96.454",
        "wide_resnet50_2/IMAGENET1K_V1, wide_resnet50_2-95faca4d.pth, 256, 78.468, 94.086",
        "wide_resnet101_2, wide_resnet101_2-d733dc28.pth, 232, 82.510, 96.020",
    })
    void findsRowsByModelAndByFullName(String name, String file, int resize, double top1, double top5) {
        CatalogEntry entry = WeightsCatalog.find(name).orElseThrow();
        assertThat(entry.fileName()).isEqualTo(file);
        assertThat(entry.uri()).hasToString("https://download.pytorch.org/models/" + file);
        assertThat(entry.preprocessing().resizeShorterSide()).isEqualTo(resize);
        assertThat(entry.preprocessing().cropHeight()).isEqualTo(224);
        assertThat(entry.top1()).isEqualTo(top1);
        assertThat(entry.top5()).isEqualTo(top5);
    }

    @Test
    void boundsTheDownloadByTheBytesOfTheParameters() {
        // torchvision publishes the first wide networks in half precision.
        Set<String> half = Set.of("wide_resnet50_2/IMAGENET1K_V1", "wide_resnet101_2/IMAGENET1K_V1");
        assertThat(WeightsCatalog.entries()).allSatisfy(entry -> {
            long bytes = (half.contains(entry.name()) ? 2 : 4) * entry.parameters();
            assertThat(entry.maxBytes()).isGreaterThan(bytes).isLessThan(bytes * 103 / 100);
        });
    }

    /** Rows as Keras' documentation prints them, and the preprocessing of its two modes. */
    @ParameterizedTest
    @CsvSource({
        "resnet50-keras, resnet50_weights_tf_dim_ordering_tf_kernels.h5, 74.9, 92.1",
        "resnet152-keras/imagenet, resnet152_weights_tf_dim_ordering_tf_kernels.h5, 76.6, 93.1",
        "resnet101v2-keras, resnet101v2_weights_tf_dim_ordering_tf_kernels.h5, 77.2, 93.8",
    })
    void findsKerasRows(String name, String file, double top1, double top5) {
        CatalogEntry entry = WeightsCatalog.find(name).orElseThrow();
        assertThat(entry.fileName()).isEqualTo(file);
        assertThat(entry.uri())
                .hasToString("https://storage.googleapis.com/tensorflow/keras-applications/resnet/" + file);
        assertThat(entry.digest().algorithm()).isEqualTo(FileDigest.Algorithm.MD5);
        assertThat(entry.top1()).isEqualTo(top1);
        assertThat(entry.top5()).isEqualTo(top5);
        assertThat(entry.preprocessing().cropHeight()).isEqualTo(224);
        assertThat(entry.preprocessing().normalization())
                .isEqualTo(name.contains("v2") ? Normalization.MINUS_ONE_TO_ONE : Normalization.CAFFE);
    }

    /** The networks of the catalogue are those of the table, which counts the same parameters. */
    @Test
    void namesVariants() {
        assertThat(WeightsCatalog.entries())
                .allSatisfy(entry -> assertThat(
                                GraphCost.of(GraphBuilder.build(Variants.named(entry.model())), 224, 224)
                                        .parameters())
                        .isEqualTo(entry.parameters()));
    }

    @Test
    void doesNotGuess() {
        assertThat(WeightsCatalog.find("resnet5")).isEmpty();
        assertThat(WeightsCatalog.find("resnet18/IMAGENET1K_V2")).isEmpty();
        assertThat(WeightsCatalog.find("")).isEmpty();
    }
}
