package dev.gatun.natives;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The CPU quota of this process's cgroups, versions 1 and 2. Every ancestor's limit holds too, so the smallest counts.
 * Formats: {@code cgroups(7)}, {@code proc_pid_mountinfo(5)}, and the kernel's cgroup-v2 and sched-bwc documents.
 */
final class CgroupQuota {
    private CgroupQuota() {}

    /**
     * One mounted hierarchy.
     *
     * @param root the cgroup that shows at the mount point, which in a container is not {@code /}
     * @param point the mount point
     * @param v2 whether the hierarchy is of version 2
     */
    private record Mount(String root, String point, boolean v2) {}

    /** In CPUs; empty if there is no limit or none to be seen. */
    static OptionalDouble read(KernelFiles files) {
        List<Mount> mounts = mounts(files.lines("proc/self/mountinfo"));
        OptionalDouble smallest = OptionalDouble.empty();
        for (String line : files.lines("proc/self/cgroup")) {
            String[] fields = line.split(":", 3); // hierarchy : controllers : path
            if (fields.length < 3) {
                continue;
            }
            boolean v2 = fields[0].equals("0") && fields[1].isEmpty();
            if (v2 || Arrays.asList(fields[1].split(",", -1)).contains("cpu")) {
                for (Mount mount : mounts) {
                    if (mount.v2 == v2) {
                        smallest = min(smallest, smallestUpwards(files, mount, fields[2]));
                    }
                }
            }
        }
        return smallest;
    }

    private static List<Mount> mounts(List<String> mountinfo) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : mountinfo) {
            int dash = line.indexOf(" - ");
            if (dash < 0) {
                continue;
            }
            String[] head = line.substring(0, dash).split(" ", -1); // id parent major:minor root point options...
            String[] tail = line.substring(dash + 3).split(" ", -1); // type source super-options
            if (head.length < 5 || tail.length < 3) {
                continue;
            }
            boolean v2 = tail[0].equals("cgroup2");
            boolean v1 = tail[0].equals("cgroup")
                    && Arrays.asList(tail[2].split(",", -1)).contains("cpu");
            if (v1 || v2) {
                mounts.add(new Mount(unescape(head[3]), unescape(head[4]), v2));
            }
        }
        return mounts;
    }

    /** Spaces and the like are written as three octal digits. */
    private static String unescape(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    private static OptionalDouble smallestUpwards(KernelFiles files, Mount mount, String path) {
        OptionalDouble smallest = OptionalDouble.empty();
        for (String group = below(mount, path); ; group = group.substring(0, group.lastIndexOf('/'))) {
            smallest = min(smallest, quota(files, mount.point + group, mount.v2));
            if (group.isEmpty()) {
                return smallest;
            }
        }
    }

    /** The cgroup's path below the mount point: empty, or starting with a slash. */
    private static String below(Mount mount, String path) {
        String root = mount.root.equals("/") ? "" : mount.root;
        boolean inside = path.equals(root) || path.startsWith(root + "/");
        // a path outside the mount (/.. of a cgroup namespace, or the host's path in a container) ends at the mount
        // point
        if (!inside || path.startsWith("/..")) {
            return "";
        }
        String group = path.substring(root.length());
        return group.equals("/") ? "" : group;
    }

    private static OptionalDouble quota(KernelFiles files, String directory, boolean v2) {
        String[] fields = v2
                ? files.text(directory + "/cpu.max").orElse("").split(" ", -1)
                : new String[] {
                    files.text(directory + "/cpu.cfs_quota_us").orElse(""),
                    files.text(directory + "/cpu.cfs_period_us").orElse("")
                };
        try {
            double quota = Double.parseDouble(fields[0]); // "max" and -1 are no limit
            double period = Double.parseDouble(fields[1]);
            return quota > 0 && period > 0 ? OptionalDouble.of(quota / period) : OptionalDouble.empty();
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return OptionalDouble.empty();
        }
    }

    private static OptionalDouble min(OptionalDouble a, OptionalDouble b) {
        if (a.isEmpty()) {
            return b;
        }
        return b.isEmpty() ? a : OptionalDouble.of(Math.min(a.getAsDouble(), b.getAsDouble()));
    }
}
