package dev.gatun.onednn;

import dev.gatun.natives.CacheDirectory;
import dev.gatun.natives.Machine;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps oneDNN from AMX where a hypervisor advertises it and then faults on it, which would end the process.
 *
 * <p>On a virtual machine that advertises AMX, {@link AmxProbe} is asked once and its verdict kept in the {@link CacheDirectory} for this
 * CPU, kernel and oneDNN. Where it cannot tell, this process does without. The system property {@code gatun.amx} decides otherwise:
 * {@code trust} asks nobody, {@code off} does without AMX. Nothing is asked where {@code ONEDNN_MAX_CPU_ISA} is set. Thread-safe.
 */
public final class AmxGuard {
    /** System property: {@code auto} (the default), {@code trust} or {@code off}. */
    public static final String PROPERTY = "gatun.amx";

    private static final System.Logger LOG = System.getLogger(AmxGuard.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String USABLE = "usable";
    private static final String FAULTS = "faults";
    private static final String FAULTING = "AMX faults on this machine, though the hypervisor advertises it";
    /** {@code os.arch} of Linux and Windows, and of macOS. */
    private static final Set<String> X86_64 = Set.of("amd64", "x86_64");

    private static boolean done;
    private static boolean limited;

    private AmxGuard() {}

    /**
     * Decides once for this process; has to come before the first primitive. An interruption does not end it, and is kept for afterwards.
     *
     * @throws IllegalArgumentException if {@code gatun.amx} has another value
     */
    public static synchronized void apply() {
        if (!done && !limited) {
            String mode = System.getProperty(PROPERTY, "auto");
            switch (mode) {
                case "auto" -> {
                    if (suspect(Machine.first(), System.getenv("ONEDNN_MAX_CPU_ISA"))) {
                        objection(verdictFile()).ifPresent(AmxGuard::avoid);
                    }
                }
                case "trust" -> {}
                case "off" -> {
                    if (x86()) {
                        avoid(PROPERTY + "=off");
                    }
                }
                default ->
                    throw new IllegalArgumentException(PROPERTY + " is '" + mode + "', expected auto, trust or off");
            }
            done = true;
        }
    }

    /** Other CPUs have no AMX, and their oneDNN has no limit to set. */
    static boolean x86() {
        return X86_64.contains(System.getProperty("os.arch", ""));
    }

    /** That the caller has limited oneDNN to {@code isa}: below AMX there is nothing to decide. */
    static synchronized void limited(CpuIsa isa) {
        limited = isa != CpuIsa.DEFAULT && !isa.includes(CpuIsa.AVX10_1_512_AMX);
    }

    static boolean suspect(Machine machine, @Nullable String isaLimit) {
        return machine.hypervisor() && machine.cpuFlags().contains("amx_tile") && isaLimit == null;
    }

    /** Why AMX is not to be used, in words. */
    private static Optional<String> objection(Optional<Path> file) {
        String known = file.map(AmxGuard::read).orElse("");
        if (known.equals(USABLE) || known.equals(FAULTS)) {
            return known.equals(FAULTS) ? Optional.of(FAULTING) : Optional.empty();
        }
        AmxProbe.Result result = AmxProbe.run(TIMEOUT);
        LOG.log(Level.DEBUG, "AMX probe: {0}", result);
        boolean faults = result.outcome() == AmxProbe.Outcome.FAULTS;
        if (faults || result.outcome() == AmxProbe.Outcome.USABLE) {
            file.ifPresent(path -> write(path, faults ? FAULTS : USABLE));
        }
        return objection(result);
    }

    static Optional<String> objection(AmxProbe.Result result) {
        return switch (result.outcome()) {
            case USABLE, NOT_ADVERTISED -> Optional.empty();
            case FAULTS -> Optional.of(FAULTING);
            case UNKNOWN ->
                Optional.of("whether it works on this virtual machine could not be found out, -D" + PROPERTY
                        + "=trust uses it all the same: " + result.detail());
        };
    }

    private static void avoid(String reason) {
        try {
            OneDnn.setMaxIsa(CpuIsa.AVX10_1_512);
            LOG.log(Level.WARNING, "doing without AMX: {0}", reason);
        } catch (IllegalStateException e) {
            LOG.log(Level.WARNING, reason + ", but it is too late to do without", e);
        }
    }

    private static Optional<Path> verdictFile() {
        Machine machine = Machine.first();
        String key = String.join(
                "\n",
                machine.cpuModel(),
                machine.cpuFlags().toString(),
                System.getProperty("os.version", ""),
                "" + OneDnn.version());
        return CacheDirectory.locate().map(cache -> cache.resolve("amx-" + digest(key)));
    }

    private static String digest(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            return "";
        }
    }

    /** A verdict that cannot be kept is found again by the next process. */
    private static void write(Path file, String verdict) {
        try {
            Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
            Path temporary = Files.createTempFile(directory, "amx", ".tmp");
            Files.writeString(temporary, verdict + "\n");
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot keep the AMX verdict", e);
        }
    }
}
