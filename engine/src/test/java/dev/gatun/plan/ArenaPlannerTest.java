package dev.gatun.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.plan.Buffer.Home;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ArenaPlannerTest {
    private record Life(Buffer buffer, int first, int last) {
        static Life of(long bytes, int first, int last) {
            Buffer buffer = new Buffer(Home.ARENA, bytes, 1);
            buffer.usedBy(first);
            buffer.usedBy(last);
            return new Life(buffer, first, last);
        }

        boolean overlapsInTime(Life other) {
            return first <= other.last && other.first <= last;
        }

        boolean overlapsInSpace(Life other) {
            return buffer.offset() < other.buffer.offset() + other.buffer.bytes()
                    && other.buffer.offset() < buffer.offset() + buffer.bytes();
        }
    }

    private static long place(List<Life> lives) {
        return ArenaPlanner.place(lives.stream().map(Life::buffer).toList());
    }

    @Test
    void aChainNeedsRoomForTwoNeighbours() {
        List<Life> chain = List.of(Life.of(1024, 0, 1), Life.of(1024, 1, 2), Life.of(1024, 2, 3), Life.of(1024, 3, 4));
        assertThat(place(chain)).isEqualTo(2048);
    }

    @Test
    void aShortcutStaysBesideTheBranchThatRunsMeanwhile() {
        Life shortcut = Life.of(1024, 0, 4);
        assertThat(place(List.of(shortcut, Life.of(256, 1, 2), Life.of(256, 2, 3), Life.of(256, 3, 4))))
                .isEqualTo(1024 + 2 * 256);
    }

    @Test
    void anEmptyPlanNeedsNothing() {
        assertThat(place(List.of())).isZero();
    }

    @Test
    void buffersAliveTogetherNeverOverlapAndStartOnCacheLines() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 200; round++) {
            List<Life> lives = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int first = random.nextInt(30);
                lives.add(Life.of(1 + random.nextInt(5000), first, first + random.nextInt(8)));
            }
            long size = place(lives);
            long peak = 0;
            for (int i = 0; i < lives.size(); i++) {
                Life life = lives.get(i);
                assertThat(life.buffer().offset() % ArenaPlanner.ALIGNMENT).isZero();
                assertThat(life.buffer().offset() + life.buffer().bytes()).isLessThanOrEqualTo(size);
                for (Life other : lives.subList(i + 1, lives.size())) {
                    if (life.overlapsInTime(other)) {
                        assertThat(life.overlapsInSpace(other))
                                .as("%s and %s", life, other)
                                .isFalse();
                    }
                }
            }
            for (int step = 0; step < 40; step++) {
                int now = step;
                peak = Math.max(
                        peak,
                        lives.stream()
                                .filter(life -> life.first() <= now && now <= life.last())
                                .mapToLong(life -> life.buffer().bytes())
                                .sum());
            }
            assertThat(size).isGreaterThanOrEqualTo(peak).isLessThan(2 * peak);
        }
    }
}
