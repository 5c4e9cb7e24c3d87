package dev.gatun.onednn;

import static dev.gatun.onednn.gen.Dnnl.dnnl_invalid_arguments;
import static dev.gatun.onednn.gen.Dnnl.dnnl_invalid_data_type;
import static dev.gatun.onednn.gen.Dnnl.dnnl_invalid_graph;
import static dev.gatun.onednn.gen.Dnnl.dnnl_invalid_graph_op;
import static dev.gatun.onednn.gen.Dnnl.dnnl_invalid_shape;
import static dev.gatun.onednn.gen.Dnnl.dnnl_last_impl_reached;
import static dev.gatun.onednn.gen.Dnnl.dnnl_not_required;
import static dev.gatun.onednn.gen.Dnnl.dnnl_out_of_memory;
import static dev.gatun.onednn.gen.Dnnl.dnnl_runtime_error;
import static dev.gatun.onednn.gen.Dnnl.dnnl_success;
import static dev.gatun.onednn.gen.Dnnl.dnnl_unimplemented;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Outcome of a oneDNN call ({@code dnnl_status_t}). */
public enum Status {
    /** The call succeeded. */
    SUCCESS(dnnl_success(), "success"),
    /** Memory could not be allocated. */
    OUT_OF_MEMORY(dnnl_out_of_memory(), "out of memory"),
    /** The arguments make no sense together. */
    INVALID_ARGUMENTS(dnnl_invalid_arguments(), "invalid arguments"),
    /** The library has no implementation for this problem on this CPU. */
    UNIMPLEMENTED(dnnl_unimplemented(), "not implemented for this problem on this CPU"),
    /** There is no further implementation. */
    LAST_IMPL_REACHED(dnnl_last_impl_reached(), "no further implementation"),
    /** The primitive or engine failed while it ran. */
    RUNTIME_ERROR(dnnl_runtime_error(), "runtime error"),
    /** The queried element does not exist for this primitive. */
    NOT_REQUIRED(dnnl_not_required(), "not required"),
    /** The graph is not legitimate. */
    INVALID_GRAPH(dnnl_invalid_graph(), "invalid graph"),
    /** The operation is not legitimate by its schema. */
    INVALID_GRAPH_OP(dnnl_invalid_graph_op(), "invalid graph operation"),
    /** The shape cannot be inferred or compiled. */
    INVALID_SHAPE(dnnl_invalid_shape(), "invalid shape"),
    /** The data type cannot be inferred or compiled. */
    INVALID_DATA_TYPE(dnnl_invalid_data_type(), "invalid data type"),
    /** A code that this version does not know. */
    UNKNOWN(-1, "unknown status");

    private static final Status[] VALUES = values();

    private final int value;
    private final String words;

    Status(int value, String words) {
        this.value = value;
        this.words = words;
    }

    static Status of(int value) {
        for (Status status : VALUES) {
            if (status.value == value) {
                return status;
            }
        }
        return UNKNOWN;
    }

    /** {@return oneDNN's own value of this constant} */
    public int value() {
        return value;
    }

    /** {@return the status in plain words} */
    public String words() {
        return words;
    }

    /** The one place where a status code becomes an exception. The detail is only asked for on failure. */
    static void check(int status, String call, @Nullable Supplier<String> detail) {
        if (status != SUCCESS.value) {
            throw new OneDnnException(of(status), status, call, detail == null ? "" : detail.get());
        }
    }
}
