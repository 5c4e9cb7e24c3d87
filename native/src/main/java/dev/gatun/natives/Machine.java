package dev.gatun.natives;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * What this process may use of the machine it runs on, as the kernel and the hypervisor tell it. Immutable.
 *
 * @param cpuModel marketing name of the CPU; the JVM's {@code os.arch} if unknown
 * @param cpuFlags all features that the kernel lists, in its spelling ({@code avx2}, {@code avx512_vnni},
 *     {@code amx_int8}; on arm64 {@code asimd}, {@code sve}); empty if unknown. That a flag is there does not mean
 *     that oneDNN dispatches to it
 * @param hypervisor whether the CPU says that it is virtual; cache sizes and topology may then be invented
 * @param logicalCpus CPUs that are online
 * @param physicalCores cores that these belong to
 * @param affinity numbers of the CPUs that this process may run on, ascending; a cpuset cgroup shows here
 * @param affinityCores physical cores that these belong to
 * @param cores these cores, by node and then by number of their first CPU
 * @param cpuQuota CPU time a second that the tightest of this process's nested cgroups allows, in CPUs; empty if
 *     unlimited
 * @param numaNodes numbers of the NUMA nodes that the affinity touches, ascending; empty if unknown
 * @param l2Bytes size of the L2 cache of the first CPU of the affinity
 * @param l3Bytes size of one L3 cache, usually shared by many cores
 * @param hugePages huge pages
 */
public record Machine(
        String cpuModel,
        Set<String> cpuFlags,
        boolean hypervisor,
        int logicalCpus,
        int physicalCores,
        List<Integer> affinity,
        int affinityCores,
        List<Core> cores,
        OptionalDouble cpuQuota,
        List<Integer> numaNodes,
        OptionalLong l2Bytes,
        OptionalLong l3Bytes,
        HugePages hugePages) {
    /** Copies the collections. */
    public Machine {
        cpuFlags = Collections.unmodifiableSet(new TreeSet<>(cpuFlags));
        affinity = List.copyOf(affinity);
        cores = List.copyOf(cores);
        numaNodes = List.copyOf(numaNodes);
    }

    /**
     * Reads the machine as it is now; affinity and quota may change later. Where there is no {@code /proc}, on macOS and
     * Windows, the JVM's count of processors stands for CPUs, affinity and cores alike, since it knows no more.
     */
    public static Machine current() {
        return of(Path.of("/"), Runtime.getRuntime().availableProcessors(), System.getProperty("os.arch", ""));
    }

    /** What {@link #current} said first in this JVM: for the CPU's model, its flags and caches, which do not change and take some files to read. */
    public static Machine first() {
        return First.MACHINE;
    }

    private static final class First {
        static final Machine MACHINE = current();
    }

    /**
     * Reads a tree of {@code proc} and {@code sys} files.
     *
     * @param root where {@code proc} and {@code sys} lie
     * @param processors CPUs if the tree does not tell
     * @param arch name of the CPU if the tree does not tell
     */
    static Machine of(Path root, int processors, String arch) {
        if (Files.isReadable(root.resolve("proc/cpuinfo"))) {
            return LinuxMachine.read(new KernelFiles(root), processors, arch);
        }
        BitSet all = new BitSet();
        all.set(0, Math.max(1, processors));
        return new Machine(
                arch,
                Set.of(),
                false,
                all.cardinality(),
                all.cardinality(),
                all.stream().boxed().toList(),
                all.cardinality(),
                all.stream()
                        .mapToObj(cpu -> new Core(Core.UNKNOWN_NODE, List.of(cpu)))
                        .toList(),
                OptionalDouble.empty(),
                List.of(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                HugePages.UNKNOWN);
    }

    /**
     * How many threads can compute at full speed: the cores of the affinity, since two threads of a core share its
     * multipliers, and no more than the cgroup's quota rounded up, since threads beyond it are stopped for the rest of
     * every period. At least 1.
     */
    public int usableThreads() {
        int threads = Math.min(affinity.size(), affinityCores);
        if (cpuQuota.isPresent()) {
            threads = (int) Math.min(threads, Math.ceil(cpuQuota.getAsDouble()));
        }
        return Math.max(1, threads);
    }

    /** {@link #usableThreads} with what it follows from, in one line to print. */
    public String explainThreads() {
        return "%d usable threads: affinity of %d of %d CPUs on %d cores, cgroup quota %s"
                .formatted(
                        usableThreads(),
                        affinity.size(),
                        logicalCpus,
                        affinityCores,
                        cpuQuota.isPresent()
                                ? String.format(Locale.ROOT, "%.2f CPUs", cpuQuota.getAsDouble())
                                : "none");
    }
}
