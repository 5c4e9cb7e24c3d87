package dev.gatun.runtime;

/** Where the threads of streams stay, and those that {@linkplain Completion completions} start. */
public enum Pinning {
    /**
     * On cores of their own, if the streams take every core that this process may use: the kernel could do no better. Else on the NUMA node
     * of the thread that starts them while there is room, on any CPU of it: their memory, which they touch first, lies there, and so does
     * most of what that thread has read and packed. Where there is but one node, anywhere.
     *
     * <p>A part of a machine is not pinned core by core, since no process knows which cores others have chosen: each would choose the first
     * ones, and share them while others idle. On a node the kernel can still get out of their way, and which node it is was its own choice.
     * In return it may move a stream, or let two of them share a core for a while; who has the machine alone may prefer {@link #ALWAYS}.
     */
    AUTO,
    /**
     * On cores of their own, which the fewest streams of this process have, if there are as many. For processes that have their cores to
     * themselves.
     */
    ALWAYS,
    /** Wherever the kernel puts them. */
    NEVER
}
