package dev.gatun.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** What all commands have in common. */
@Command(
        name = "gatun",
        description = "ResNets on the JVM, computed by oneDNN.",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:done",
            "1:something is wrong with the data or the machine; one line on stderr says what",
            "2:usage"
        })
final class Gatun implements Runnable {
    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show where an error comes from (also GATUN_VERBOSE=1).")
    private boolean verbose;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    boolean verbose() {
        return verbose || "1".equals(System.getenv("GATUN_VERBOSE"));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Missing command: one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
