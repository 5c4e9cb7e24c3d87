package dev.gatun.cli;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version of this program, as its module was compiled. */
final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"gatun " + gatun()};
    }

    static String gatun() {
        return Optional.ofNullable(Versions.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("unknown");
    }
}
