package dev.gatun.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the command line asks for.
 *
 * @param models names of variants
 * @param weights path of a model's weights, by its name; others are random
 * @param contestants who takes part
 * @param batches images of a run that are tried for throughput, ascending
 * @param rounds turns that count for each entrant in each column
 * @param out directory of the results
 */
record CompareOptions(
        List<String> models,
        Map<String, String> weights,
        Set<Contestant> contestants,
        List<Integer> batches,
        int rounds,
        Path out) {
    static final String USAGE = """
            usage: benchmarks/compare [MODEL[=WEIGHTS]...] [--only gatun,onnx_runtime,libtorch,libtorch_fused,djl]
                                   [--batches 1,2,4,8] [--rounds N] [--out DIRECTORY]

            Runs the engine and its peers on the same weights (random, or those of a file) and images, turn by turn. By default
            resnet18, resnet50 and resnet152, everybody, 12 rounds, results in benchmarks/results. Of the first model everybody
            tries its modes, and lanes and threads for throughput; of all models the batches of images for throughput.""";

    private static final List<String> MODELS = List.of("resnet18", "resnet50", "resnet152");
    private static final int ROUNDS = 12;

    /**
     * Parses arguments.
     *
     * @param results directory of the results if the arguments name none
     * @throws IllegalArgumentException saying what is wrong
     */
    static CompareOptions parse(List<String> arguments, Path results) {
        List<String> models = new ArrayList<>();
        Map<String, String> weights = new HashMap<>();
        Set<Contestant> contestants = EnumSet.allOf(Contestant.class);
        List<Integer> batches = Setup.BATCHES;
        int rounds = ROUNDS;
        Path out = results;
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String argument = rest.next();
            switch (argument) {
                case "--only" -> contestants = contestants(value(argument, rest));
                case "--batches" -> batches = batches(argument, value(argument, rest));
                case "--rounds" -> rounds = positive(argument, value(argument, rest));
                case "--out" -> out = Path.of(value(argument, rest));
                default -> {
                    if (argument.startsWith("-")) {
                        throw new IllegalArgumentException("unknown option " + argument);
                    }
                    int equals = argument.indexOf('=');
                    String model = equals < 0 ? argument : argument.substring(0, equals);
                    models.add(model);
                    if (equals >= 0) {
                        weights.put(model, argument.substring(equals + 1));
                    }
                }
            }
        }
        return new CompareOptions(models.isEmpty() ? MODELS : models, weights, contestants, batches, rounds, out);
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return rest.next();
    }

    private static int positive(String option, String value) {
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " needs a positive number, found " + value, e);
        }
        throw new IllegalArgumentException(option + " needs a positive number, found " + value);
    }

    private static List<Integer> batches(String option, String values) {
        return Arrays.stream(values.split(",", -1))
                .map(value -> positive(option, value))
                .sorted()
                .distinct()
                .toList();
    }

    private static Set<Contestant> contestants(String names) {
        Set<Contestant> contestants = EnumSet.noneOf(Contestant.class);
        for (String name : names.split(",", -1)) {
            try {
                contestants.add(Contestant.valueOf(name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "--only takes " + EnumSet.allOf(Contestant.class) + ", found " + name, e);
            }
        }
        return contestants;
    }

    /** The weights of {@code model} as a job names them. */
    String weightsOf(String model) {
        return weights.getOrDefault(model, Job.RANDOM);
    }
}
