package dev.gatun.cli;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.Model;
import dev.gatun.image.Preprocessing;
import java.util.Optional;

/**
 * A model that a command works on.
 *
 * @param model the model
 * @param weights what its weights are, for people
 * @param published how good they are said to be, where that is known
 */
record OpenModel(Model model, String weights, Optional<PublishedErrors> published) {
    /** A model with weights of which nothing is published that is known here. */
    OpenModel(Model model, String weights) {
        this(model, weights, Optional.empty());
    }

    /** The same model without packed weights of former runs. */
    OpenModel uncached() {
        return with(model.uncached());
    }

    /** Another model of the same weights. */
    OpenModel with(Model other) {
        return new OpenModel(other, weights, published);
    }

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
