package dev.gatun.quantize;

import dev.gatun.Model;
import dev.gatun.ResNet;
import dev.gatun.image.ImageDecoder;
import dev.gatun.image.RgbImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Scratch: numbers on real data. */
public final class Lab {
    public static void main(String[] args) throws Exception {
        Path data = Path.of("/work/shared/data");
        for (String what : args) {
            switch (what) {
                case "bundled" -> cifar(ResNet.bundled(), data);
                case "20" -> cifar(ResNet.named("resnet20-cifar10").weights(data.resolve("cifar10/akamaster/resnet20-12fca82f.th")), data);
                case "56" -> cifar(ResNet.named("resnet56-cifar10").weights(data.resolve("cifar10/akamaster/resnet56-4bfd9763.th")), data);
                case "18" -> imagenet(ResNet.named("resnet18").weights(data.resolve("imagenet/resnet18-pqf-small.legacy.pth")), data);
                case "50" -> imagenet(ResNet.named("resnet50").weights(data.resolve("imagenet/resnet50-pqf-large.f16.safetensors")), data);
            }
        }
    }

    static RgbImage record(byte[] records, int i) {
        byte[] rgb = new byte[3072];
        for (int c = 0; c < 3; c++) for (int p = 0; p < 1024; p++) rgb[p * 3 + c] = records[i * 3073 + 1 + c * 1024 + p];
        return new RgbImage(32, 32, rgb);
    }

    static void cifar(Model model, Path data) throws Exception {
        byte[] cal = Files.readAllBytes(data.resolve("cifar10/calibration_2000.bin"));
        byte[] test = Files.readAllBytes(data.resolve("cifar10/test_first5000.bin"));
        CalibrationImages images = CalibrationImages.prepare(Integer.getInteger("images", 500), i -> record(cal, i), model.preprocessing());
        CalibrationImages tests = CalibrationImages.prepare(5000, i -> record(test, i), model.preprocessing());
        int[] labels = IntStream.range(0, 5000).map(i -> test[i * 3073]).toArray();
        run(model, images, tests, labels);
    }

    static void imagenet(Model model, Path data) throws Exception {
        List<String> lines = Files.readAllLines(data.resolve("imagenet/labels.tsv"));
        List<RgbImage> all = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (String line : lines) {
            all.add(ImageDecoder.decode(data.resolve("imagenet/images").resolve(line.split("\t")[0])));
            labels.add(Integer.parseInt(line.split("\t")[1].strip()));
        }
        int total = 0, total32 = 0;
        for (int half = 0; half < 2; half++) {
            int h = half;
            List<Integer> cal = IntStream.range(0, 240).filter(i -> i % 2 == h).boxed().toList();
            List<Integer> ev = IntStream.range(0, 240).filter(i -> i % 2 != h).boxed().toList();
            CalibrationImages images = CalibrationImages.prepare(120, i -> all.get(cal.get(i)), model.preprocessing());
            CalibrationImages tests = CalibrationImages.prepare(120, i -> all.get(ev.get(i)), model.preprocessing());
            run(model, images, tests, ev.stream().mapToInt(labels::get).toArray());
        }
    }

    static void run(Model model, CalibrationImages images, CalibrationImages tests, int[] labels) {
        long t = System.nanoTime();
        var result = Quantizer.quantize(model.graph(), model.weights()::get, images,
                QuantizeOptions.defaults().withBar(new Bar(Double.parseDouble(System.getProperty("agree", "0.97")), Double.parseDouble(System.getProperty("db", "20")))).withLog(s -> System.out.println("  " + s)));
        System.out.printf("%s quantised in %.1f s, corrected %s%n", model, (System.nanoTime() - t) / 1e9, result.report().biasCorrected());
        for (var v : result.report().values()) System.out.printf("  value %-22s %-16s scale %.5f max %.3f cut %.3f %s %.1f dB%n", v.name(), v.method(), v.scale(), v.largest(), v.scale() * (v.signed() ? 127 : 255), v.signed() ? "s8" : "u8", v.decibels());
        for (var l : result.report().layers()) System.out.printf("  layer %-22s %-8s int8 %s local %.1f alone %.1f dB%n", l.name(), l.method(), l.int8(), l.local(), l.decibels());
        var f32 = dev.gatun.quantize.SimulatedInt8.run(new QuantizedNetwork(FoldedGraph.of(dev.gatun.graph.Passes.fuse(model.graph())),
                new dev.gatun.plan.Quantization(java.util.Map.of(), java.util.Map.of(), false), floats(model), java.util.Map.of()), tests, 4, 2);
        var logits = SimulatedInt8.run(result.network(), tests, 4, 2);
        int top32 = 0, top8 = 0, agree = 0;
        Noise noise = Noise.NONE;
        for (int i = 0; i < labels.length; i++) {
            int a = top(f32.int8()[i]), b = top(logits.int8()[i]);
            top32 += a == labels[i] ? 1 : 0;
            top8 += b == labels[i] ? 1 : 0;
            agree += a == b ? 1 : 0;
            noise = noise.plus(Noise.of(f32.int8()[i], logits.int8()[i], logits.int8()[i].length));
        }
        System.out.printf(Locale.ROOT, "%s: f32 %d, int8 %d of %d, agree %d (%.2f %%), %.1f dB; held-out %.1f dB, fallbacks %s, stem %s%n", model, top32, top8, labels.length, agree, 100.0 * agree / labels.length, noise.decibels(), result.report().decibels(), result.report().fallbacks(), result.network().quantization().stem());
    }

    static java.util.Map<String, float[]> floats(Model model) {
        java.util.Map<String, float[]> all = new java.util.HashMap<>();
        for (var node : dev.gatun.graph.Passes.fuse(model.graph()).nodes()) {
            if (node instanceof dev.gatun.graph.Node.Conv || node instanceof dev.gatun.graph.Node.InnerProduct) {
                var f = Topology.folded(node, model.weights()::get);
                all.put(node.name() + ".weight", f.weights()); all.put(node.name() + ".bias", f.bias());
            }
        }
        return all;
    }

    static int top(float[] v) {
        int b = 0;
        for (int i = 0; i < v.length; i++) if (v[i] > v[b]) b = i;
        return b;
    }
}
