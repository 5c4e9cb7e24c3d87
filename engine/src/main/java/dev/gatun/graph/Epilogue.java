package dev.gatun.graph;

import org.jspecify.annotations.Nullable;

/**
 * What is done to a convolution's result before it is stored: first the residual is added, then ReLU is applied.
 *
 * @param residual name of the node whose value is added, or null
 * @param relu whether negative values become zero
 */
public record Epilogue(@Nullable String residual, boolean relu) {
    /** Nothing. */
    public static final Epilogue NONE = new Epilogue(null, false);

    /** This epilogue with {@code residual} added first. */
    public Epilogue plus(String residual) {
        return new Epilogue(residual, relu);
    }

    /** This epilogue with ReLU at its end. */
    public Epilogue thenRelu() {
        return new Epilogue(residual, true);
    }
}
