package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TeamWorkTest {
    @Test
    void everyThreadBeginsWithItsOwnAndEndsWithTheOthers() {
        assertThat(TeamWork.orders(6, 2)).containsExactly(0, 1, 2, 5, 4, 3, 3, 4, 5, 2, 1, 0);
        assertThat(TeamWork.orders(3, 3)).containsExactly(0, 1, 2, 1, 2, 0, 2, 0, 1);
    }

    @Test
    void noThreadLeavesAnythingOut() {
        int threads = 5;
        int parts = 20;
        int[] orders = TeamWork.orders(parts, threads);
        for (int thread = 0; thread < threads; thread++) {
            int[] order = Arrays.copyOfRange(orders, thread * parts, (thread + 1) * parts);
            assertThat(Arrays.stream(order).sorted())
                    .containsExactlyElementsOf(IntStream.range(0, parts).boxed().toList());
        }
    }
}
