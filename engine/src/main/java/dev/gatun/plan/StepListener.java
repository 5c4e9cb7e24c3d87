package dev.gatun.plan;

/** Is told where a run is, on the thread that runs. A step that works image by image begins and ends several times in a run. */
public interface StepListener {
    /** A step begins. */
    void before(int step);

    /** The step has ended, and oneDNN with it. */
    void after(int step);
}
