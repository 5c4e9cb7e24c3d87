package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    @TempDir
    Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text + "\n");
    }

    private Machine read() {
        return Machine.of(root, 1, "fallback");
    }

    /** 2 nodes of 4 CPUs, each 2 cores with 2 threads: CPU n and n+4 are siblings; allowed are CPUs 0, 1, 4, 5 and 2. */
    private void server() throws IOException {
        file(
                "proc/cpuinfo",
                "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Test\nflags\t\t: fpu avx2 avx512f amx_tile hypervisor\n");
        file("proc/self/status", "Name:\tjava\nCpus_allowed:\t37\nCpus_allowed_list:\t0-2,4-5");
        file("proc/meminfo", "MemTotal: 1 kB\nHugePages_Free:       12\nHugepagesize:       2048 kB");
        file("sys/devices/system/cpu/online", "0-7");
        for (int cpu = 0; cpu < 8; cpu++) {
            file("sys/devices/system/cpu/cpu" + cpu + "/topology/core_cpus_list", cpu % 4 + "," + (cpu % 4 + 4));
        }
        file("sys/devices/system/node/node0/cpulist", "0-1,4-5");
        file("sys/devices/system/node/node1/cpulist", "2-3,6-7");
        file("sys/devices/system/node/node2/cpulist", "");
        String[][] caches = {
            {"1", "Data", "48K"}, {"1", "Instruction", "32K"}, {"2", "Unified", "2048K"}, {"3", "Unified", "60M"}
        };
        for (int i = 0; i < caches.length; i++) {
            String cache = "sys/devices/system/cpu/cpu0/cache/index" + i + "/";
            file(cache + "level", caches[i][0]);
            file(cache + "type", caches[i][1]);
            file(cache + "size", caches[i][2]);
        }
        file("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    }

    @Test
    void readsServerWithSiblingsAndNodes() throws IOException {
        server();
        Machine machine = read();
        assertThat(machine.cpuModel()).isEqualTo("Intel(R) Xeon(R) Test");
        assertThat(machine.cpuFlags()).containsExactly("amx_tile", "avx2", "avx512f", "fpu", "hypervisor");
        assertThat(machine.hypervisor()).isTrue();
        assertThat(machine.logicalCpus()).isEqualTo(8);
        assertThat(machine.physicalCores()).isEqualTo(4);
        assertThat(machine.affinity()).containsExactly(0, 1, 2, 4, 5);
        assertThat(machine.affinityCores()).isEqualTo(3);
        assertThat(machine.numaNodes()).containsExactly(0, 1);
        assertThat(machine.cores())
                .containsExactly(new Core(0, List.of(0, 4)), new Core(0, List.of(1, 5)), new Core(1, List.of(2)));
        assertThat(machine.l2Bytes()).hasValue(2 << 20);
        assertThat(machine.l3Bytes()).hasValue(60 << 20);
        assertThat(machine.hugePages()).isEqualTo(new HugePages("madvise", 2 << 20, 12));
        assertThat(machine.cpuQuota()).isEmpty();
        assertThat(machine.usableThreads()).isEqualTo(3);
        assertThat(machine.explainThreads())
                .isEqualTo("3 usable threads: affinity of 5 of 8 CPUs on 3 cores, cgroup quota none");
    }

    @Test
    void cpusThatAreOfflineAreNotUsable() throws IOException {
        server();
        file("proc/self/status", "Cpus_allowed_list:\t0-511");
        file("sys/devices/system/cpu/online", "0-3");
        file("sys/devices/system/cpu/offline", "4-511");
        Machine machine = read();
        assertThat(machine.affinity()).containsExactly(0, 1, 2, 3);
        assertThat(machine.usableThreads()).isEqualTo(4);
        file("sys/devices/system/cpu/offline", "0-511");
        assertThat(read().affinity()).hasSize(512);
    }

    /** lxcfs counts as many CPUs online as the quota pays for, from 0, whichever they are. */
    @Test
    void aContainersCountOfCpusIsNotTheirNumbers() throws IOException {
        server();
        file("sys/devices/system/cpu/online", "0-1");
        assertThat(read().affinity()).containsExactly(0, 1, 2, 4, 5);
    }

    @Test
    void quotaIsRoundedUpAndNeverBelowOne() throws IOException {
        server();
        file("proc/self/cgroup", "0::/");
        file("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw");
        file("sys/fs/cgroup/cpu.max", "150000 100000");
        assertThat(read().usableThreads()).isEqualTo(2);
        assertThat(read().explainThreads()).endsWith("cgroup quota 1.50 CPUs");
        file("sys/fs/cgroup/cpu.max", "5000 100000");
        assertThat(read().usableThreads()).isEqualTo(1);
        file("sys/fs/cgroup/cpu.max", "6400000 100000");
        assertThat(read().usableThreads()).isEqualTo(3);
    }

    @Test
    void readsTopologyFromCpuinfoWhenSysIsHidden() throws IOException {
        StringBuilder cpuinfo = new StringBuilder();
        for (int cpu = 0; cpu < 4; cpu++) {
            cpuinfo.append("processor\t: %d\nphysical id\t: 0\ncore id\t\t: %d\n\n".formatted(cpu, cpu / 2));
        }
        file("proc/cpuinfo", cpuinfo.toString());
        Machine machine = read();
        assertThat(machine.logicalCpus()).isEqualTo(4);
        assertThat(machine.affinity()).containsExactly(0, 1, 2, 3);
        assertThat(machine.usableThreads()).isEqualTo(2);
        assertThat(machine.cores()).extracting(Core::cpus).containsExactly(List.of(0, 1), List.of(2, 3));
        assertThat(machine.cores()).extracting(Core::node).containsOnly(Core.UNKNOWN_NODE);
        assertThat(machine.cpuModel()).isEqualTo("fallback");
    }

    @Test
    void survivesGarbage() throws IOException {
        file("proc/cpuinfo", "processor : zero\n: \nflags");
        file("proc/self/status", "Cpus_allowed_list:\t3-1,x");
        file("proc/self/cgroup", "what\n1:cpu\n2:cpu:/a");
        file("proc/self/mountinfo", "1 2 3\n - \n1 2 3 / /c - cgroup c cpu");
        file("c/cpu.cfs_quota_us", "many");
        file("sys/devices/system/cpu/cpu0/cache/index0/level", "2");
        file("sys/devices/system/cpu/cpu0/cache/index0/size", "big");
        file("sys/devices/system/node/nodes/cpulist", "0");
        Machine machine = read();
        assertThat(machine.usableThreads()).isEqualTo(1);
        assertThat(machine.l2Bytes()).isEmpty();
        assertThat(machine.numaNodes()).isEmpty();
    }

    @Test
    void elsewhereTheJvmsCountStandsForAll() {
        Machine machine = Machine.of(root, 6, "aarch64");
        assertThat(machine.affinity()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(machine.usableThreads()).isEqualTo(6);
        assertThat(machine.cores()).hasSize(6);
        assertThat(machine.cpuModel()).isEqualTo("aarch64");
    }

    @Test
    void aThreadThatIsInterruptedReadsTheSame() throws IOException {
        server();
        Machine expected = read();
        Thread.currentThread().interrupt();
        Machine machine = read();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(machine).isEqualTo(expected);
    }

    @Test
    void currentMachineIsPlausible() {
        Machine machine = Machine.current();
        assertThat(machine.usableThreads()).isBetween(1, machine.affinity().size());
        assertThat(machine.physicalCores()).isBetween(1, machine.logicalCpus());
        assertThat(machine.affinityCores()).isBetween(1, machine.physicalCores());
    }
}
