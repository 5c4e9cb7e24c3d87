package dev.gatun.cli;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Model;
import dev.gatun.image.Preprocessing;

/**
 * A model that a command works on.
 *
 * @param model the model
 * @param weights what its weights are, for people
 */
record OpenModel(Model model, String weights) {
    /** The network and its weights in words. */
    String describe() {
        return model.name() + " with weights " + weights;
    }

    /** Compiles the model for images of the size that its weights want; the caller closes the result. */
    CompiledModel compile(CompileOptions options) {
        Preprocessing preprocessing = model.preprocessing();
        return model.compile(options.withSize(preprocessing.cropHeight(), preprocessing.cropWidth()));
    }
}
