package dev.gatun.profile;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One run of a session. */
@Name("dev.gatun.Run")
@Label("Run")
@Category("Gatun")
@Description("A run of a compiled model")
@StackTrace(false)
final class RunEvent extends Event {
    @Label("Model")
    String model = "";

    @Label("Precision")
    String precision = "";

    @Label("Batch")
    @Description("Images of the run")
    long batch;

    @Label("Threads")
    int threads;
}
