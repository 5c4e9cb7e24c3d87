package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupQuotaTest {
    private static final String V2 = "30 23 0:26 %s /sys/fs/cgroup ro,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";
    private static final String V1 = "32 31 0:29 %s /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct";

    @TempDir
    Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text + "\n");
    }

    private void quota(String group, int quota, int period) throws IOException {
        file("sys/fs/cgroup/cpu,cpuacct" + group + "/cpu.cfs_quota_us", Integer.toString(quota));
        file("sys/fs/cgroup/cpu,cpuacct" + group + "/cpu.cfs_period_us", Integer.toString(period));
    }

    private void process(String cgroup, String mountinfo) throws IOException {
        file("proc/self/cgroup", cgroup);
        file("proc/self/mountinfo", mountinfo);
    }

    private OptionalDouble read() {
        return CgroupQuota.read(new KernelFiles(root));
    }

    @Test
    void tightestOfNestedV2GroupsCounts() throws IOException {
        process("0::/slice/pod/container", V2.formatted("/"));
        file("sys/fs/cgroup/slice/cpu.max", "300000 100000");
        file("sys/fs/cgroup/slice/pod/cpu.max", "150000 100000");
        file("sys/fs/cgroup/slice/pod/container/cpu.max", "max 100000");
        assertThat(read()).hasValue(1.5);
    }

    @Test
    void v2NamespaceShowsTheGroupAtTheMountPoint() throws IOException {
        process("0::/", V2.formatted("/"));
        file("sys/fs/cgroup/cpu.max", "50000 200000");
        assertThat(read()).hasValue(0.25);
    }

    @Test
    void v2PathOutsideTheNamespaceEndsAtTheMountPoint() throws IOException {
        process("0::/../../other", V2.formatted("/"));
        file("sys/fs/cgroup/cpu.max", "50000 100000");
        assertThat(read()).hasValue(0.5);
    }

    @Test
    void noLimitIsEmpty() throws IOException {
        process("0::/", V2.formatted("/"));
        file("sys/fs/cgroup/cpu.max", "max 100000");
        assertThat(read()).isEmpty();
    }

    @Test
    void tightestOfNestedV1GroupsCounts() throws IOException {
        process("4:memory:/m\n3:cpu,cpuacct:/a/b", V1.formatted("/"));
        quota("", -1, 100_000);
        quota("/a", 200_000, 100_000);
        quota("/a/b", -1, 100_000);
        assertThat(read()).hasValue(2.0);
    }

    @Test
    void v1ContainerSeesItsGroupAsTheMountsRoot() throws IOException {
        process("3:cpu,cpuacct:/docker/abc/inner", V1.formatted("/docker/abc"));
        quota("", 400_000, 100_000);
        quota("/inner", 300_000, 100_000);
        assertThat(read()).hasValue(3.0);
    }

    @Test
    void hybridHierarchiesAreBothRead() throws IOException {
        process(
                "3:cpu,cpuacct:/\n0::/",
                V1.formatted("/") + "\n" + V2.formatted("/").replace("/sys/fs/cgroup", "/sys/fs/cgroup/unified"));
        quota("", 200_000, 100_000);
        assertThat(read()).hasValue(2.0);
    }

    @Test
    void groupWithCpusetOnlyIsNotTakenForCpu() throws IOException {
        process("3:cpuset:/a", "32 31 0:29 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset");
        file("sys/fs/cgroup/cpuset/a/cpu.cfs_quota_us", "100000");
        file("sys/fs/cgroup/cpuset/a/cpu.cfs_period_us", "100000");
        assertThat(read()).isEmpty();
    }

    @Test
    void withoutCgroupsEmpty() {
        assertThat(read()).isEmpty();
    }
}
