package dev.gatun.cli;

import dev.gatun.Preload;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The subcommands, in the order of the help. */
enum Commands {
    CLASSIFY(ClassifyCommand::new, true),
    EVALUATE(EvaluateCommand::new, true),
    INSPECT(InspectCommand::new, false),
    CONVERT(ConvertCommand::new, false),
    EXPORT(ExportCommand::new, false),
    QUANTIZE(QuantizeCommand::new, true),
    BENCH(BenchCommand::new, true),
    PROFILE(ProfileCommand::new, true),
    PLAN(PlanCommand::new, true),
    MODELS(ModelsCommand::new, false),
    INFO(InfoCommand::new, false);

    @SuppressWarnings("ImmutableEnumChecker") // constructors have no state
    private final Function<Terminal, Object> constructor;

    private final boolean computes;

    Commands(Function<Terminal, Object> constructor, boolean computes) {
        this.constructor = constructor;
        this.computes = computes;
    }

    /** As the user types it. */
    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Lets a command that will compute find much of what it needs loaded. */
    static void prepare(String... args) {
        if (first(args).filter(command -> command.computes).isPresent()) {
            Preload.start();
        }
    }

    /** What picocli has to know to run {@code args}: looking at every command's annotations takes longer than most commands run. */
    static List<Object> needed(Terminal terminal, String... args) {
        Optional<Commands> chosen = first(args);
        return Arrays.stream(values())
                .filter(command -> chosen.isEmpty() || chosen.get() == command)
                .map(command -> command.constructor.apply(terminal))
                .toList();
    }

    private static Optional<Commands> first(String... args) {
        return Arrays.stream(values())
                .filter(command -> args.length > 0 && args[0].equals(command.word()))
                .findFirst();
    }
}
