package dev.gatun.weights;

import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The published weights that are known by name. torchvision's figures are from torchvision 0.29.1: {@code models/resnet.py} (URL,
 * {@code num_params}, {@code acc@1}, {@code acc@5}, {@code _file_size}, crop and resize) and {@code
 * transforms/_presets.py} (the defaults of {@code ImageClassification}). Those of Keras Applications are from {@code
 * keras/src/applications/resnet.py} (URL and MD5 of {@code weights="imagenet"} with top, {@code WEIGHTS_HASHES}) and the table of Keras'
 * documentation (size, accuracy).
 */
public final class WeightsCatalog {
    private static final String LICENSE =
            "torchvision's code is BSD-3-Clause; of its weights it says that they may have"
                    + " terms of their own derived from the dataset used for training (here ImageNet-1K), and that it is the"
                    + " user's responsibility to determine whether the use is permitted";

    private static final String KERAS_LICENSE =
            "Keras' code is Apache-2.0; its weights may have terms of their own derived from the dataset used for training"
                    + " (here ImageNet-1K), and whether a use is permitted is the user's responsibility to determine";

    private static final String KERAS_FILES = "https://storage.googleapis.com/tensorflow/keras-applications/resnet/";

    private static final Preprocessing RESIZE_256 = Preprocessing.IMAGENET;
    private static final Preprocessing RESIZE_232 = Preprocessing.IMAGENET_V2;

    private static final String V1 = "https://github.com/pytorch/vision/tree/main/references/classification#resnet";
    private static final String V2 = "https://github.com/pytorch/vision/issues/3995#new-recipe";
    private static final String V1_RESNEXT =
            "https://github.com/pytorch/vision/tree/main/references/classification#resnext";
    private static final String V1_WIDE = "https://github.com/pytorch/vision/pull/912#issue-445437439";
    private static final String V1_64X4D = "https://github.com/pytorch/vision/pull/5935";
    private static final String V2_FIXRES = "https://github.com/pytorch/vision/issues/3995#new-recipe-with-fixres";
    private static final String V2_RESNET50 = "https://github.com/pytorch/vision/issues/3995#issuecomment-1013906621";

    /** A model's default, which is torchvision's, is its last row. */
    private static final List<CatalogEntry> ENTRIES = List.of(
            row("resnet18/IMAGENET1K_V1", "f37072fd", 44.661, 11_689_512, 69.758, 89.078, RESIZE_256, V1),
            row("resnet34/IMAGENET1K_V1", "b627a593", 83.275, 21_797_672, 73.314, 91.420, RESIZE_256, V1),
            row("resnet50/IMAGENET1K_V1", "0676ba61", 97.781, 25_557_032, 76.130, 92.862, RESIZE_256, V1),
            row("resnet50/IMAGENET1K_V2", "11ad3fa6", 97.790, 25_557_032, 80.858, 95.434, RESIZE_232, V2_RESNET50),
            row("resnet101/IMAGENET1K_V1", "63fe2227", 170.511, 44_549_160, 77.374, 93.546, RESIZE_256, V1),
            row("resnet101/IMAGENET1K_V2", "cd907fc2", 170.530, 44_549_160, 81.886, 95.780, RESIZE_232, V2),
            row("resnet152/IMAGENET1K_V1", "394f9c45", 230.434, 60_192_808, 78.312, 94.046, RESIZE_256, V1),
            row("resnet152/IMAGENET1K_V2", "f82ba261", 230.474, 60_192_808, 82.284, 96.002, RESIZE_232, V2),
            row(
                    "resnext50_32x4d/IMAGENET1K_V1",
                    "7cdf4587",
                    95.789,
                    25_028_904,
                    77.618,
                    93.698,
                    RESIZE_256,
                    V1_RESNEXT),
            row("resnext50_32x4d/IMAGENET1K_V2", "1a0047aa", 95.833, 25_028_904, 81.198, 95.340, RESIZE_232, V2),
            row(
                    "resnext101_32x8d/IMAGENET1K_V1",
                    "8ba56ff5",
                    339.586,
                    88_791_336,
                    79.312,
                    94.526,
                    RESIZE_256,
                    V1_RESNEXT),
            row(
                    "resnext101_32x8d/IMAGENET1K_V2",
                    "110c445d",
                    339.673,
                    88_791_336,
                    82.834,
                    96.228,
                    RESIZE_232,
                    V2_FIXRES),
            row(
                    "resnext101_64x4d/IMAGENET1K_V1",
                    "173b62eb",
                    319.318,
                    83_455_272,
                    83.246,
                    96.454,
                    RESIZE_232,
                    V1_64X4D),
            row("wide_resnet50_2/IMAGENET1K_V1", "95faca4d", 131.820, 68_883_240, 78.468, 94.086, RESIZE_256, V1_WIDE),
            row(
                    "wide_resnet50_2/IMAGENET1K_V2",
                    "9ba9bcbe",
                    263.124,
                    68_883_240,
                    81.602,
                    95.758,
                    RESIZE_232,
                    V2_FIXRES),
            row(
                    "wide_resnet101_2/IMAGENET1K_V1",
                    "32ee1156",
                    242.896,
                    126_886_696,
                    78.848,
                    94.284,
                    RESIZE_256,
                    V1_WIDE),
            row("wide_resnet101_2/IMAGENET1K_V2", "d733dc28", 484.747, 126_886_696, 82.510, 96.020, RESIZE_232, V2),
            keras("resnet50", "2cb95161c43110f7111970584f804107", 98, 25_583_592, 74.9, 92.1),
            keras("resnet101", "f1aeb4b969a6efcfb50fad2f0c20cfc5", 171, 44_601_832, 76.4, 92.8),
            keras("resnet152", "100835be76be38e30d865e96f2aaae62", 232, 60_268_520, 76.6, 93.1),
            keras("resnet50v2", "3ef43a0b657b3be2300d5770ece849e0", 98, 25_568_360, 76.0, 93.0),
            keras("resnet101v2", "6343647c601c52e1368623803854d971", 171, 44_577_896, 77.2, 93.8),
            keras("resnet152v2", "a49b44d1979771252814e80f8ec446f9", 232, 60_236_904, 78.0, 94.2));

    private WeightsCatalog() {}

    /** All rows, by model. */
    public static List<CatalogEntry> entries() {
        return ENTRIES;
    }

    /**
     * The row of this name: {@code resnet50/IMAGENET1K_V1} means that one, {@code resnet50-keras/imagenet} Keras', {@code
     * resnet50} the model's default, which is
     * torchvision's {@code DEFAULT}: V2 where it exists.
     */
    public static Optional<CatalogEntry> find(String name) {
        return ENTRIES.stream()
                .filter(entry -> entry.name().equals(name) || entry.model().equals(name))
                .reduce((first, second) -> second);
    }

    private static CatalogEntry row(
            String name,
            String sha256Prefix,
            double mebibytes,
            long parameters,
            double top1,
            double top5,
            Preprocessing preprocessing,
            String recipe) {
        String model = name.substring(0, name.indexOf('/'));
        URI uri = URI.create("https://download.pytorch.org/models/" + model + "-" + sha256Prefix + ".pth");
        return new CatalogEntry(
                name,
                uri,
                FileDigest.sha256(sha256Prefix),
                mebibytes,
                parameters,
                top1,
                top5,
                preprocessing,
                URI.create(recipe),
                LICENSE);
    }

    /** Without top the same file serves: what is of no use to a backbone is left in it. */
    private static CatalogEntry keras(
            String model, String md5, double mebibytes, long parameters, double top1, double top5) {
        Normalization normalization = model.endsWith("v2") ? Normalization.MINUS_ONE_TO_ONE : Normalization.CAFFE;
        return new CatalogEntry(
                model + "-keras/imagenet",
                URI.create(KERAS_FILES + model + "_weights_tf_dim_ordering_tf_kernels.h5"),
                FileDigest.md5(md5),
                mebibytes,
                parameters,
                top1,
                top5,
                Preprocessing.square(
                        RESIZE_256.resizeShorterSide(),
                        RESIZE_256.cropHeight(),
                        RESIZE_256.interpolation(),
                        normalization),
                URI.create("https://keras.io/api/applications/"),
                KERAS_LICENSE);
    }
}
