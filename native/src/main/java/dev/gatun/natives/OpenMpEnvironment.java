package dev.gatun.natives;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The OpenMP runtimes read their environment once, when they are loaded, so it is set just before. A variable that the
 * user has set stays as it is.
 *
 * <p>{@code OMP_PROC_BIND}, {@code OMP_PLACES} and {@code GOMP_CPU_AFFINITY} are left alone on purpose: places are
 * numbered per process, so with binding on every team of a process would be put on the same first cores, while Gatun runs
 * several teams side by side.
 */
final class OpenMpEnvironment {
    /**
     * One variable.
     *
     * @param name variable
     * @param value what it is set to
     * @param unless a variable by which a user may have said the same in another way
     */
    private record Setting(
            String name, String value, @Nullable String unless) {}

    private OpenMpEnvironment() {}

    private static List<Setting> settings(Machine machine) {
        return List.of(
                // the runtimes would count the CPUs of the affinity mask and overlook the cgroup's quota and SMT
                // siblings;
                // this is only what a thread gets that never calls omp_set_num_threads
                new Setting("OMP_NUM_THREADS", Integer.toString(machine.usableThreads()), null),
                // oneDNN splits its work by omp_get_max_threads; a team made smaller at run time leaves parts to wait
                new Setting("OMP_DYNAMIC", "false", null),
                // libgomp spins 300,000 rounds at a barrier before it sleeps (libgomp manual, GOMP_SPINCOUNT), many
                // milliseconds in which the thread waited for may not get the core; but waking a sleeper is dear on a
                // virtual machine. Measured 2026-11-21 on 2 cores, 90th percentiles in ms. A 3x3 convolution beside
                // two busy processes: 5.7 to 8.0 with 300,000, 1.3 to 2.2 with 20,000. ResNet-50 bf16 on an idle
                // machine, two rounds: 18.9 and 18.7 with 300,000, 17.0 and 17.5 with 100,000, 18.4 and 48.2 with
                // 20,000
                new Setting("GOMP_SPINCOUNT", "100000", "OMP_WAIT_POLICY"),
                // the same for LLVM's and Intel's runtime, which spin 200 ms (LLVM OpenMP manual, KMP_BLOCKTIME)
                new Setting("KMP_BLOCKTIME", "1", "OMP_WAIT_POLICY"));
    }

    /**
     * Sets what is not set.
     *
     * @param environment reads a variable of the user's, {@code null} if unset
     * @param set sets a variable
     * @return what was set, in order
     */
    static Map<String, String> apply(
            Machine machine, UnaryOperator<@Nullable String> environment, BiConsumer<String, String> set) {
        Map<String, String> applied = new LinkedHashMap<>();
        for (Setting setting : settings(machine)) {
            boolean said = environment.apply(setting.name) != null
                    || (setting.unless != null && environment.apply(setting.unless) != null);
            if (!said) {
                set.accept(setting.name, setting.value);
                applied.put(setting.name, setting.value);
            }
        }
        return applied;
    }
}
