package dev.gatun.weights;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Weights are not those that a model needs; tells everything that is wrong with them at once. */
public final class WeightMismatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** How many of each kind the message lists. */
    private static final int LISTED = 20;

    /** What can be wrong with a tensor. */
    public enum Kind {
        /** The model needs it and the source has it not. */
        MISSING("missing"),
        /** The source has it and the model does not know it. */
        EXTRA("not part of the model"),
        /** Two tensors of the source stand for it. */
        AMBIGUOUS("found twice"),
        /** Its shape is another. */
        SHAPE("of another shape"),
        /** Its type cannot be read. */
        TYPE("of a type that is not read"),
        /** It holds a NaN or an infinity. */
        NON_FINITE("not finite"),
        /** It is a variance and below zero. */
        NEGATIVE_VARIANCE("negative, but a variance");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    private final transient Map<Kind, List<String>> problems;

    WeightMismatchException(String origin, Map<Kind, List<String>> problems) {
        super(message(origin, problems));
        this.problems = new EnumMap<>(problems);
    }

    /** All that is wrong, one text a tensor, without a limit; empty after deserialisation. */
    public Map<Kind, List<String>> problems() {
        return problems == null ? Map.of() : Collections.unmodifiableMap(problems);
    }

    private static String message(String origin, Map<Kind, List<String>> problems) {
        StringBuilder message = new StringBuilder(origin).append(" does not fit the model");
        problems.forEach((kind, tensors) -> {
            message.append("; ")
                    .append(tensors.size())
                    .append(' ')
                    .append(kind.words)
                    .append(": ");
            message.append(String.join(", ", tensors.subList(0, Math.min(LISTED, tensors.size()))));
            if (tensors.size() > LISTED) {
                message.append(", ... and ").append(tensors.size() - LISTED).append(" more");
            }
        });
        return message.toString();
    }
}
