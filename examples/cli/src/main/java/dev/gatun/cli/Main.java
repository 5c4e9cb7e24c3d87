package dev.gatun.cli;

import picocli.CommandLine;

/** Runs the {@code gatun} command. Exit status: 0 done, 1 something is wrong with the data or the machine, 2 usage. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the JVM with its exit status. */
    public static void main(String[] args) {
        System.exit(run(Terminal.ofProcess(), args));
    }

    /** Runs the command and returns its exit status. */
    static int run(Terminal terminal, String... args) {
        Gatun gatun = new Gatun();
        CommandLine commandLine = new CommandLine(gatun)
                .addSubcommand(new ClassifyCommand(terminal))
                .addSubcommand(new EvaluateCommand(terminal))
                .addSubcommand(new BenchCommand(terminal))
                .addSubcommand(new PlanCommand(terminal))
                .addSubcommand(new InspectCommand(terminal))
                .addSubcommand(new ExportCommand(terminal))
                .addSubcommand(new ProfileCommand(terminal))
                .addSubcommand(new ModelsCommand(terminal))
                .addSubcommand(new InfoCommand(terminal));
        Failures failures = new Failures(terminal, gatun);
        int status = commandLine
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .execute(args);
        try {
            terminal.finish();
        } catch (CommandException e) {
            return status == CommandLine.ExitCode.OK ? failures.report("gatun", e) : status;
        }
        return status;
    }
}
