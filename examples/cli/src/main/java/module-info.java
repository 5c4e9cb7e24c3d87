/** The {@code gatun} command. */
@org.jspecify.annotations.NullMarked
module dev.gatun.cli {
    requires static org.jspecify;
    requires dev.gatun;
    requires dev.gatun.natives;
    requires dev.gatun.onednn;
    requires com.fasterxml.jackson.core;
    requires info.picocli;
    requires java.desktop;
    requires me.tongfei.progressbar;

    opens dev.gatun.cli to
            info.picocli;
}
