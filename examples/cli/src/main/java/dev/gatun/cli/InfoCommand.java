package dev.gatun.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.gatun.natives.CacheDirectory;
import dev.gatun.natives.Machine;
import dev.gatun.natives.NativeLibrary;
import dev.gatun.onednn.AmxProbe;
import dev.gatun.onednn.CpuIsa;
import dev.gatun.onednn.OneDnn;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code gatun info}. */
@Command(
        name = "info",
        description = "Show versions, the machine, and what of it gatun uses.",
        footer = {"", "Whether AMX is usable is tried in a process of its own, which takes about half a second."})
final class InfoCommand implements Callable<Integer> {
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(20);
    private static final long KIBIBYTE = 1024;

    private final Terminal terminal;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    InfoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Machine machine = Machine.current();
        NativeLibrary library = OneDnn.load();
        CpuIsa isa = OneDnn.effectiveIsa();
        AmxProbe.Result amx = AmxProbe.run(PROBE_TIMEOUT);
        if (json) {
            Json.println(terminal.out(), fields -> {
                software(fields, library);
                fields.writeStringField("isa", isa.name());
                fields.writeNumberField("isaBits", OneDnn.effectiveIsaBits());
                fields.writeStringField("amx", amx.outcome().name());
                fields.writeStringField("amxDetail", amx.detail());
                hardware(fields, machine);
            });
        } else {
            text(machine, library, isa, amx)
                    .forEach((name, value) -> terminal.out()
                            .println(String.format(Locale.ROOT, "%-12s %s", name, Text.printable(value))));
        }
        return ExitCode.OK;
    }

    private static String java() {
        return System.getProperty("java.runtime.version") + " (" + System.getProperty("java.vm.name") + ", "
                + System.getProperty("java.vendor") + ")";
    }

    private static String cache() {
        return CacheDirectory.locate().map(Path::toString).orElse("none: this user has no home directory");
    }

    private static Map<String, String> text(Machine machine, NativeLibrary library, CpuIsa isa, AmxProbe.Result amx) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("gatun", Versions.gatun());
        lines.put("java", java());
        lines.put(
                "oneDNN",
                String.format(
                        Locale.ROOT,
                        "%s (%s), threads by %s",
                        library.version(),
                        library.version().hash(),
                        lower(library.cpuRuntime())));
        lines.put("loaded from", library.onednn() + " (" + lower(library.source()) + ")");
        lines.put(
                "OpenMP",
                library.openmp().map(Path::toString).orElse("the system's") + " "
                        + assignments(library.openmpEnvironment()));
        lines.put("ISA", String.format(Locale.ROOT, "%s (0x%x)", lower(isa), OneDnn.effectiveIsaBits()));
        lines.put("AMX", lower(amx.outcome()) + (amx.detail().isEmpty() ? "" : ": " + amx.detail()));
        lines.put("CPU", machine.cpuModel() + (machine.hypervisor() ? " (virtual)" : ""));
        lines.put(
                "cores",
                String.format(Locale.ROOT, "%d physical, %d logical", machine.physicalCores(), machine.logicalCpus()));
        lines.put(
                "affinity",
                String.format(
                        Locale.ROOT,
                        "CPUs %s on %s",
                        numbers(machine.affinity()),
                        Text.count(machine.affinityCores(), "core")));
        lines.put(
                "quota",
                machine.cpuQuota().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                "%.2f CPUs (cgroup)",
                                machine.cpuQuota().getAsDouble())
                        : "none");
        lines.put("threads", machine.explainThreads());
        lines.put("NUMA", machine.numaNodes().isEmpty() ? "unknown" : "nodes " + numbers(machine.numaNodes()));
        lines.put("L2, L3", kibibytes(machine.l2Bytes()) + ", " + kibibytes(machine.l3Bytes()));
        lines.put("cache", cache());
        return lines;
    }

    private static void software(JsonGenerator fields, NativeLibrary library) throws IOException {
        fields.writeStringField("gatun", Versions.gatun());
        fields.writeStringField("java", java());
        fields.writeStringField("oneDnn", library.version().toString());
        fields.writeStringField("oneDnnHash", library.version().hash());
        fields.writeStringField("oneDnnRuntime", library.cpuRuntime().name());
        fields.writeStringField("oneDnnSource", library.source().name());
        fields.writeStringField("oneDnnFile", library.onednn().toString());
        fields.writeStringField(
                "openMpFile", library.openmp().map(Path::toString).orElse(""));
        fields.writeObjectFieldStart("openMpEnvironment");
        for (var variable : library.openmpEnvironment().entrySet()) {
            fields.writeStringField(variable.getKey(), variable.getValue());
        }
        fields.writeEndObject();
        fields.writeStringField(
                "cache", CacheDirectory.locate().map(Path::toString).orElse(""));
    }

    private static void hardware(JsonGenerator fields, Machine machine) throws IOException {
        fields.writeStringField("cpu", machine.cpuModel());
        fields.writeBooleanField("hypervisor", machine.hypervisor());
        fields.writeNumberField("physicalCores", machine.physicalCores());
        fields.writeNumberField("logicalCpus", machine.logicalCpus());
        integers(fields, "affinity", machine.affinity());
        fields.writeNumberField("affinityCores", machine.affinityCores());
        if (machine.cpuQuota().isPresent()) {
            fields.writeNumberField("cpuQuota", machine.cpuQuota().getAsDouble());
        } else {
            fields.writeNullField("cpuQuota");
        }
        fields.writeNumberField("usableThreads", machine.usableThreads());
        integers(fields, "numaNodes", machine.numaNodes());
        fields.writeNumberField("l2Bytes", machine.l2Bytes().orElse(0));
        fields.writeNumberField("l3Bytes", machine.l3Bytes().orElse(0));
    }

    private static void integers(JsonGenerator fields, String name, List<Integer> values) throws IOException {
        fields.writeArrayFieldStart(name);
        for (int value : values) {
            fields.writeNumber(value);
        }
        fields.writeEndArray();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String numbers(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static String assignments(Map<String, String> variables) {
        return variables.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining(" ", "(", ")"));
    }

    private static String kibibytes(OptionalLong bytes) {
        return bytes.isPresent() ? String.format(Locale.ROOT, "%,d KiB", bytes.getAsLong() / KIBIBYTE) : "unknown";
    }
}
