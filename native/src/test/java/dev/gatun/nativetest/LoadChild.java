package dev.gatun.nativetest;

import dev.gatun.natives.NativeLibrary;
import java.io.File;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Main class of the JVMs that the tests start; prints {@code key=value} lines, or {@code error=} and the exception. */
@SuppressWarnings("restricted")
public final class LoadChild {
    private LoadChild() {}

    public static void main(String[] args) throws Exception {
        try {
            switch (args[0]) {
                case "load" -> print(load());
                case "threads" -> fromThreads();
                case "reloaded" -> fromAnotherClassLoader();
                case "interrupted" -> interrupted();
                case "retry" -> afterFailure(Path.of(args[1]));
                default -> throw new IllegalArgumentException(args[0]);
            }
        } catch (RuntimeException e) {
            System.out.println("error=" + e);
        }
    }

    private static NativeLibrary load() {
        return NativeLibrary.load(path -> System.load(path.toString()));
    }

    private static void print(NativeLibrary library) throws Exception {
        System.out.println("onednn=" + library.onednn());
        System.out.println("openmp=" + library.openmp().map(Path::toString).orElse(""));
        System.out.println("source=" + library.source());
        System.out.println("version=" + library.version());
        System.out.println("runtime=" + library.cpuRuntime());
        System.out.println("environment=" + library.openmpEnvironment());
        System.out.println("maxThreads=" + call("omp_get_max_threads"));
        System.out.println("isa=0x" + Integer.toHexString(call("dnnl_get_effective_cpu_isa")));
        System.out.println("mapped="
                + Files.readAllLines(Path.of("/proc/self/maps")).stream()
                        .filter(line -> line.contains("libdnnl"))
                        .map(line -> line.substring(line.indexOf('/')))
                        .distinct()
                        .count());
    }

    private static void interrupted() throws Exception {
        Thread.currentThread().interrupt();
        NativeLibrary library = load();
        System.out.println("interrupted=" + Thread.interrupted());
        print(library);
    }

    private static int call(String function) throws Exception {
        try {
            return (int) Linker.nativeLinker()
                    .downcallHandle(
                            SymbolLookup.loaderLookup().findOrThrow(function),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT))
                    .invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void fromThreads() throws Exception {
        int threads = 8;
        List<Callable<NativeLibrary>> loads = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            loads.add(LoadChild::load);
        }
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<NativeLibrary>> results = pool.invokeAll(loads);
            NativeLibrary first = results.getFirst().get();
            for (Future<NativeLibrary> result : results) {
                if (result.get() != first) {
                    throw new IllegalStateException("loaded twice");
                }
            }
            print(first);
        }
    }

    /** As in a server where two applications bring Gatun each. */
    private static void fromAnotherClassLoader() throws Exception {
        load();
        Path[] path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toArray(Path[]::new);
        URL[] urls = new URL[path.length];
        for (int i = 0; i < path.length; i++) {
            urls[i] = path[i].toUri().toURL();
        }
        try (var loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            loader.loadClass(LoadChild.class.getName())
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) new String[] {"load"});
        }
    }

    private static void afterFailure(Path packageJar) throws Exception {
        try {
            load();
        } catch (RuntimeException e) {
            System.out.println("first=" + e.getMessage());
        }
        try (var loader =
                new URLClassLoader(new URL[] {packageJar.toUri().toURL()}, LoadChild.class.getClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            print(load());
        }
    }
}
