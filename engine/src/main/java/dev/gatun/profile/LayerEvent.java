package dev.gatun.profile;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One layer of a run. Off unless a recording asks for it by name: there are some hundred of them a run. */
@Name("dev.gatun.Layer")
@Label("Layer")
@Category("Gatun")
@Description("A layer of a run, or what is prepared for it")
@Enabled(false)
@StackTrace(false)
final class LayerEvent extends Event {
    @Label("Layer")
    String layer = "";

    @Label("Implementation")
    @Description("As oneDNN names it")
    String implementation = "";

    @Label("Multiply-Accumulates")
    long multiplyAccumulates;

    @Label("Bytes")
    @Description("Activations read and written, and weights")
    @DataAmount
    long bytes;
}
