package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsCatalogTest {
    @Test
    void hasAllFiveDepthsAndV2WhereItExists() {
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
                        "resnet152/IMAGENET1K_V2");
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
    void boundsTheDownloadByFourBytesAParameter() {
        assertThat(WeightsCatalog.entries())
                .allSatisfy(entry -> assertThat(entry.maxBytes())
                        .isGreaterThan(4 * entry.parameters())
                        .isLessThan(4 * entry.parameters() * 103 / 100));
    }

    @Test
    void doesNotGuess() {
        assertThat(WeightsCatalog.find("resnet5")).isEmpty();
        assertThat(WeightsCatalog.find("resnet18/IMAGENET1K_V2")).isEmpty();
        assertThat(WeightsCatalog.find("")).isEmpty();
    }
}
