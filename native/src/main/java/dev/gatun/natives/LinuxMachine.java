package dev.gatun.natives;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads {@link Machine} from {@code /proc} and {@code /sys}; their formats: {@code proc(5)} and the kernel's Documentation/ABI. */
final class LinuxMachine {
    private static final String CPUS = "sys/devices/system/cpu/";
    private static final String NODES = "sys/devices/system/node/";

    private LinuxMachine() {}

    static Machine read(KernelFiles files, int processors, String arch) {
        List<String> cpuinfo = files.lines("proc/cpuinfo");
        Set<String> flags = KernelFiles.value(cpuinfo, "flags") // x86
                .or(() -> KernelFiles.value(cpuinfo, "Features")) // arm64
                .map(text -> Arrays.stream(text.split("\\s+", -1)).collect(Collectors.toSet()))
                .orElse(Set.of());
        BitSet online = orElse(files.cpus(CPUS + "online"), listed(cpuinfo, processors));
        BitSet allowed = files.value("proc/self/status", "Cpus_allowed_list")
                .map(KernelFiles::parseCpus)
                .orElseGet(BitSet::new);
        // What is allowed may be offline, or a CPU that could be added, unlike in sched_getaffinity(2). Not what is
        // online: containers
        // are told other numbers there.
        BitSet usable = (BitSet) allowed.clone();
        usable.andNot(files.cpus(CPUS + "offline"));
        BitSet affinity = orElse(usable, orElse(allowed, online));
        Map<Integer, String> cores = cores(files, cpuinfo, online, affinity);
        int first = affinity.nextSetBit(0);
        return new Machine(
                KernelFiles.value(cpuinfo, "model name").orElse(arch),
                flags,
                flags.contains("hypervisor"),
                online.cardinality(),
                countCores(cores, online),
                affinity.stream().boxed().toList(),
                countCores(cores, affinity),
                allowedCores(files, cores, affinity),
                CgroupQuota.read(files),
                files.numbered(NODES, "node").stream()
                        .filter(node ->
                                files.cpus(NODES + "node" + node + "/cpulist").intersects(affinity))
                        .toList(),
                cache(files, first, 2),
                cache(files, first, 3),
                hugePages(files));
    }

    private static BitSet orElse(BitSet cpus, BitSet other) {
        return cpus.isEmpty() ? other : cpus;
    }

    private static BitSet listed(List<String> cpuinfo, int processors) {
        BitSet cpus = new BitSet();
        for (String line : cpuinfo) {
            if (line.startsWith("processor") && line.contains(":")) {
                cpus.or(KernelFiles.parseCpus(line.substring(line.indexOf(':') + 1)));
            }
        }
        if (cpus.isEmpty()) {
            cpus.set(0, Math.max(1, processors));
        }
        return cpus;
    }

    /** A name for each CPU's core, the same for CPUs of one core. */
    private static Map<Integer, String> cores(KernelFiles files, List<String> cpuinfo, BitSet online, BitSet affinity) {
        Map<Integer, String> cores = coresOf(cpuinfo);
        BitSet all = (BitSet) online.clone();
        all.or(affinity);
        all.stream().forEach(cpu -> {
            String topology = CPUS + "cpu" + cpu + "/topology/";
            files.text(topology + "core_cpus_list") // since Linux 5.3
                    .or(() -> files.text(topology + "thread_siblings_list"))
                    .ifPresent(siblings -> cores.put(cpu, "siblings " + siblings));
            cores.putIfAbsent(cpu, "cpu " + cpu);
        });
        return cores;
    }

    /** From the paragraphs of {@code /proc/cpuinfo}, for systems that hide {@code /sys}; x86 alone has these keys. */
    private static Map<Integer, String> coresOf(List<String> cpuinfo) {
        Map<Integer, String> cores = new HashMap<>();
        String paragraphs = String.join("\n", cpuinfo);
        for (String paragraph : paragraphs.split("\n\\s*\n", -1)) {
            List<String> lines = paragraph.lines().toList();
            int cpu = KernelFiles.value(lines, "processor")
                    .map(KernelFiles::parseCpus)
                    .orElseGet(BitSet::new)
                    .nextSetBit(0);
            KernelFiles.value(lines, "core id")
                    .filter(core -> cpu >= 0)
                    .ifPresent(core -> cores.put(
                            cpu,
                            "package " + KernelFiles.value(lines, "physical id").orElse("0") + " core " + core));
        }
        return cores;
    }

    private static int countCores(Map<Integer, String> cores, BitSet cpus) {
        Set<String> names = new HashSet<>();
        cpus.stream().forEach(cpu -> names.add(cores.getOrDefault(cpu, "cpu " + cpu)));
        return names.size();
    }

    private static List<Core> allowedCores(KernelFiles files, Map<Integer, String> names, BitSet affinity) {
        Map<Integer, Integer> nodes = new HashMap<>();
        for (int node : files.numbered(NODES, "node")) {
            files.cpus(NODES + "node" + node + "/cpulist").stream().forEach(cpu -> nodes.put(cpu, node));
        }
        Map<String, List<Integer>> cpus =
                affinity.stream().boxed().collect(Collectors.groupingBy(cpu -> names.getOrDefault(cpu, "cpu " + cpu)));
        return cpus.values().stream()
                .map(siblings -> new Core(nodes.getOrDefault(siblings.getFirst(), Core.UNKNOWN_NODE), siblings))
                .sorted(Comparator.comparingInt(Core::node)
                        .thenComparing(core -> core.cpus().getFirst()))
                .toList();
    }

    private static OptionalLong cache(KernelFiles files, int cpu, int level) {
        String directory = CPUS + "cpu" + cpu + "/cache/";
        for (int index : files.numbered(directory, "index")) {
            String cache = directory + "index" + index + "/";
            boolean data = !files.text(cache + "type").orElse("").equals("Instruction");
            if (data && files.text(cache + "level").orElse("").equals(Integer.toString(level))) {
                return bytes(files.text(cache + "size").orElse(""));
            }
        }
        return OptionalLong.empty();
    }

    /** {@code 2048K}, {@code 32M} or plain bytes. */
    private static OptionalLong bytes(String size) {
        String digits = size.toUpperCase(Locale.ROOT);
        int shift = 0;
        if (digits.endsWith("K")) {
            shift = 10;
        } else if (digits.endsWith("M")) {
            shift = 20;
        }
        try {
            return OptionalLong.of(
                    Long.parseLong(shift == 0 ? digits : digits.substring(0, digits.length() - 1)) << shift);
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static HugePages hugePages(KernelFiles files) {
        String modes = files.text("sys/kernel/mm/transparent_hugepage/enabled").orElse(""); // always [madvise] never
        int open = modes.indexOf('[');
        int close = modes.indexOf(']');
        List<String> meminfo = files.lines("proc/meminfo");
        long pageBytes = KernelFiles.value(meminfo, "Hugepagesize")
                .map(LinuxMachine::kilobytes)
                .orElse(0L);
        long free = KernelFiles.value(meminfo, "HugePages_Free")
                .map(LinuxMachine::number)
                .orElse(0L);
        return new HugePages(open >= 0 && close > open ? modes.substring(open + 1, close) : "", pageBytes, free);
    }

    private static long kilobytes(String size) {
        return number(size.replace("kB", "").strip()) << 10;
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
