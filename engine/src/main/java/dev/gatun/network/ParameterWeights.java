package dev.gatun.network;

import dev.gatun.weights.ElementType;
import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The parameters of a network under the names of its graph. Owns the file that they are read from. */
final class ParameterWeights implements WeightSource {
    private final WeightSource file;
    private final Map<String, Parameter> parameters;
    private final Map<String, TensorInfo> tensors;

    ParameterWeights(WeightSource file, Map<String, Parameter> parameters) {
        this.file = file;
        this.parameters = new LinkedHashMap<>(parameters);
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        parameters.forEach(
                (name, parameter) -> infos.put(name, new TensorInfo(name, ElementType.F32, parameter.shape())));
        this.tensors = Collections.unmodifiableMap(infos);
    }

    @Override
    public String origin() {
        return file.origin();
    }

    @Override
    public String container() {
        return file.container();
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return tensors;
    }

    @Override
    public Map<String, String> metadata() {
        return file.metadata();
    }

    @Override
    public float[] read(String name) {
        return Objects.requireNonNull(parameters.get(tensor(name).name()))
                .values()
                .get();
    }

    @Override
    public void close() {
        file.close();
    }
}
