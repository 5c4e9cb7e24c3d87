package dev.gatun.cli;

import dev.gatun.CompileOptions;
import dev.gatun.CompiledModel;
import dev.gatun.profile.Profile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun profile}. */
@Command(
        name = "profile",
        description = "Show where the time of a run goes, layer by layer, beside what the machine could do.",
        footer = {
            "",
            "ROOFLINE is the least time that a layer needs, in percent of the time it takes: its multiply-accumulates at"
                    + " the peak of its type, or its bytes at the speed they can be read, whichever is longer. Both limits"
                    + " are measured first, by tight loops on one core; several threads are as many cores. Bytes are"
                    + " activations read and written, and weights; they are taken to come from L2 if they fit there."
        })
final class ProfileCommand implements Callable<Integer> {
    private static final int RUNS = 50;

    private final Terminal terminal;

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Mixin
    private ComputeOptions computeOptions = new ComputeOptions();

    @Mixin
    private RunOptions runOptions = new RunOptions();

    @Option(
            names = "--runs",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "Runs to take the median of; default: ${DEFAULT-VALUE}.")
    private int runs = RUNS;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write a page with charts as well, which needs nothing but itself.")
    private @Nullable Path html;

    ProfileCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        OpenModel opened = computeOptions.timed(modelOptions.open(terminal), terminal);
        CompileOptions options = runOptions.apply(computeOptions.compile(opened, computeOptions.threads()));
        try (CompiledModel compiled = opened.compile(options)) {
            Profile profile = compiled.profile(runs);
            ProfileReport report = new ProfileReport(
                    opened.describe(), options.precision(), compiled.srcShape(), options.input(), profile);
            if (json) {
                report.printJson(terminal.out());
            } else {
                report.printText(terminal.out());
            }
            if (html != null) {
                write(html, new ProfilePage(report).html());
            }
            return ExitCode.OK;
        }
    }

    private static void write(Path path, String page) {
        try (OutputFile file = OutputFile.create(path)) {
            file.write(channel -> {
                ByteBuffer bytes = ByteBuffer.wrap(page.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            });
            file.commit();
        }
    }
}
