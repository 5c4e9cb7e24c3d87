package dev.gatun.answers;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Model;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.Preprocessor;
import dev.gatun.image.RgbImage;
import dev.gatun.plan.Plan;
import dev.gatun.runtime.Lane;
import dev.gatun.spec.InputFormat;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** All that a model puts out for one image. */
final class Runs {
    private Runs() {}

    static List<float[]> outputs(Model model, RgbImage image) {
        Preprocessing preprocessing = model.preprocessing();
        try (CompiledModel compiled = model.compile(CompileOptions.defaults()
                        .withBatch(1)
                        .withSize(preprocessing.cropHeight(), preprocessing.cropWidth()));
                Lane lane = new Lane(compiled)) {
            new Preprocessor(preprocessing).apply(image, InputFormat.F32_NCHW, lane.src(), 0);
            lane.run();
            List<float[]> outputs = new ArrayList<>();
            for (Plan.Output output : compiled.outputs()) {
                outputs.add(lane.dst()
                        .asSlice(output.offset(), output.shape().elements() * Float.BYTES)
                        .toArray(ValueLayout.JAVA_FLOAT));
            }
            return outputs;
        }
    }
}
