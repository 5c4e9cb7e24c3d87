package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.image.Normalization;
import dev.gatun.spec.InputFormat;
import dev.gatun.spec.Precision;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlanRequestTest {
    private static final PlanRequest REQUEST =
            new PlanRequest(1, 32, 32, InputFormat.F32_NCHW, Precision.F32, false, 1, Normalization.UNIT, false);

    /** One for each component, which nothing else differs in. */
    private static final List<PlanRequest> OTHERS = List.of(
            new PlanRequest(2, 32, 32, InputFormat.F32_NCHW, Precision.F32, false, 1, Normalization.UNIT, false),
            new PlanRequest(1, 33, 32, InputFormat.F32_NCHW, Precision.F32, false, 1, Normalization.UNIT, false),
            new PlanRequest(1, 32, 33, InputFormat.F32_NCHW, Precision.F32, false, 1, Normalization.UNIT, false),
            new PlanRequest(1, 32, 32, InputFormat.F32_NHWC, Precision.F32, false, 1, Normalization.UNIT, false),
            new PlanRequest(1, 32, 32, InputFormat.F32_NCHW, Precision.BF16, false, 1, Normalization.UNIT, false),
            new PlanRequest(1, 32, 32, InputFormat.F32_NCHW, Precision.F32, true, 1, Normalization.UNIT, false),
            new PlanRequest(1, 32, 32, InputFormat.F32_NCHW, Precision.F32, false, 2, Normalization.UNIT, false),
            new PlanRequest(1, 32, 32, InputFormat.F32_NCHW, Precision.F32, false, 1, Normalization.IMAGENET, false),
            new PlanRequest(1, 32, 32, InputFormat.F32_NCHW, Precision.F32, false, 1, Normalization.UNIT, true));

    /** The cache of plans tells requests apart by it. */
    @Test
    void itsTextHasEveryComponent() {
        assertThat(OTHERS).hasSize(PlanRequest.class.getRecordComponents().length);
        assertThat(Stream.concat(Stream.of(REQUEST), OTHERS.stream()).map(PlanRequest::toString))
                .doesNotHaveDuplicates();
        assertThat(Stream.of(
                                Normalization.UNIT,
                                Normalization.IMAGENET,
                                Normalization.MINUS_ONE_TO_ONE,
                                Normalization.CAFFE)
                        .map(Normalization::toString))
                .doesNotHaveDuplicates();
    }
}
