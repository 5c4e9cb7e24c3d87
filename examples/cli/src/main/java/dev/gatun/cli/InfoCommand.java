package dev.gatun.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.natives.CacheDirectory;
import dev.gatun.natives.Machine;
import dev.gatun.natives.NativeLibrary;
import dev.gatun.onednn.AmxProbe;
import dev.gatun.onednn.OneDnn;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code gatun info}. */
@Command(name = "info", description = "Show versions, the machine, and what of it gatun uses.")
final class InfoCommand implements Callable<Integer> {
    private static final long KIBIBYTE = 1024;

    private final Terminal terminal;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    InfoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        return ExitCode.OK;
    }
}
