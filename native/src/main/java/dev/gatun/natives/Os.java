package dev.gatun.natives;

import java.util.List;
import java.util.Locale;

/** The operating systems oneDNN is loaded on, and how its files are called there. */
enum Os {
    LINUX("linux", "libdnnl.so.3", List.of("libgomp.so.1")),
    MACOS("macosx", "libdnnl.3.dylib", List.of("libomp.dylib", "libiomp5.dylib")),
    /** {@code dnnl.dll} uses {@code vcomp140.dll} of the Visual C++ runtime, which is installed, not shipped. */
    WINDOWS("windows", "dnnl.dll", List.of());

    /** First part of a classifier. */
    final String label;

    final String onednn;

    /** The OpenMP runtimes that oneDNN may be linked with; a package or directory holds at most one of them. */
    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    final List<String> openmp;

    Os(String label, String onednn, List<String> openmp) {
        this.label = label;
        this.onednn = onednn;
        this.openmp = openmp;
    }

    static Os of(String osName) {
        String name = osName.toLowerCase(Locale.ROOT);
        if (name.startsWith("linux")) {
            return LINUX;
        }
        if (name.startsWith("mac") || name.startsWith("darwin")) {
            return MACOS;
        }
        if (name.startsWith("windows")) {
            return WINDOWS;
        }
        throw new NativeLoadException("Operating system '" + osName
                + "' is not supported: oneDNN is loaded on Linux, macOS" + " and Windows");
    }
}
