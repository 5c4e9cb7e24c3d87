package dev.gatun.runtime;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunArgumentsTest {
    @Test
    void moreImagesThanALongCountsBytesAreRefused() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = arena.allocate(4, 4);
            MemorySegment dst = arena.allocate(4, 4);
            for (long images : new long[] {1L << 61, 1L << 62, Long.MAX_VALUE}) {
                assertThatThrownBy(() -> RunArguments.check(new FakeModel(1), src, dst, images, Thread.currentThread()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("images is " + images + ", expected no more than src and dst have room for");
            }
        }
    }

    @Test
    void resultsThatALongCannotCountAreNotPlaced() {
        Results results = new Results(List.of(1L, 2L));
        assertThatThrownBy(() -> results.offset(1, Long.MAX_VALUE)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> results.bytes(1L << 62)).isInstanceOf(ArithmeticException.class);
    }
}
