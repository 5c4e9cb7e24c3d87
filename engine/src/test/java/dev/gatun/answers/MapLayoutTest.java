package dev.gatun.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.spec.Shape;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class MapLayoutTest {
    private static final Shape SHAPE = Shape.of(2, 2, 1, 3);
    private static final float[] MAPS = {1, 2, 3, 10, 20, 30, -1, -2, -3, -10, -20, -30};

    @Test
    void putsTheChannelsOfAPixelSideBySide() {
        assertThat(MapLayout.NHWC.shape(SHAPE)).isEqualTo(Shape.of(2, 1, 3, 2));
        assertThat(copy(MapLayout.NHWC)).containsExactly(1, 10, 2, 20, 3, 30, -1, -10, -2, -20, -3, -30);
    }

    @Test
    void leavesWhatIsAsItShouldBe() {
        assertThat(MapLayout.NCHW.shape(SHAPE)).isEqualTo(SHAPE);
        assertThat(copy(MapLayout.NCHW)).isEqualTo(MAPS);
    }

    @Test
    void refusesWhatIsNoMapAndWhatDoesNotFit() {
        for (MapLayout layout : MapLayout.values()) {
            assertThatThrownBy(() -> layout.shape(Shape.of(2, 2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[2, 2], expected [n, c, h, w]");
            assertThatThrownBy(
                            () -> layout.copy(MemorySegment.ofArray(MAPS), SHAPE, MemorySegment.ofArray(new float[11])))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    private static float[] copy(MapLayout layout) {
        float[] to = new float[MAPS.length];
        layout.copy(MemorySegment.ofArray(MAPS), SHAPE, MemorySegment.ofArray(to));
        return to;
    }
}
