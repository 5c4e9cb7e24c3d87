package dev.gatun.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {
    /** Against counting where a window fits. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 0, 0, 1",
        "1, 2, 0, 0, 1",
        "3, 1, 1, 1, 1",
        "3, 2, 1, 1, 1",
        "3, 2, 0, 1, 1",
        "3, 2, 2, 0, 1",
        "3, 1, 2, 2, 2",
        "3, 2, 3, 1, 2",
        "2, 3, 1, 0, 3",
        "7, 2, 3, 3, 1",
        "4, 5, 0, 2, 1"
    })
    void putsOutOneValueWhereverItFits(int kernel, int stride, int before, int after, int dilation) {
        Window rows = new Window(kernel, 1, stride, 1, before, 0, after, 0, dilation);
        Window columns = new Window(1, kernel, 1, stride, 0, before, 0, after, dilation);
        for (int size = 1; size <= 40; size++) {
            long fits = 0;
            for (int at = -before; at + dilation * (kernel - 1) < size + after; at += stride) {
                fits++;
            }
            assertThat(Math.max(0, rows.outputHeight(size))).isEqualTo(fits);
            assertThat(Math.max(0, columns.outputWidth(size))).isEqualTo(fits);
            assertThat(rows.outputWidth(size)).isEqualTo(size);
            assertThat(columns.outputHeight(size)).isEqualTo(size);
        }
    }

    @Test
    void keepsTheSizeOverTheStrideForOddKernels() {
        for (int kernel = 1; kernel <= 7; kernel += 2) {
            assertThat(Window.same(kernel, 1).outputHeight(37)).isEqualTo(37);
            assertThat(Window.same(kernel, 2).outputHeight(37)).isEqualTo(19);
            assertThat(Window.same(kernel, 2).outputWidth(38)).isEqualTo(19);
        }
    }

    @Test
    void rejectsWindowsThatAreNone() {
        assertThatThrownBy(() -> Window.square(0, 1, 0)).hasMessageContaining("must be positive");
        assertThatThrownBy(() -> Window.square(1, 0, 0)).hasMessageContaining("must be positive");
        assertThatThrownBy(() -> new Window(1, 1, 1, 1, 0, 0, 0, 0, 0)).hasMessageContaining("must be positive");
        assertThatThrownBy(() -> Window.square(1, 1, -1)).hasMessageContaining("must not be negative");
        assertThatThrownBy(() -> new Window(1, 1, 1, 1, 0, 0, 0, -1, 1)).hasMessageContaining("must not be negative");
    }

    /** Equal windows share code. */
    @Test
    void windowsAreEqualIfAllTheirNumbersAre() throws ReflectiveOperationException {
        RecordComponent[] components = Window.class.getRecordComponents();
        Constructor<Window> constructor = Window.class.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        Integer[] numbers =
                IntStream.rangeClosed(2, components.length + 1).boxed().toArray(Integer[]::new);
        Window window = constructor.newInstance((Object[]) numbers);
        assertThat(constructor.newInstance((Object[]) numbers))
                .isEqualTo(window)
                .hasSameHashCodeAs(window);
        for (int i = 0; i < numbers.length; i++) {
            Integer[] other = numbers.clone();
            other[i] = 1;
            assertThat(constructor.newInstance((Object[]) other))
                    .as(components[i].getName())
                    .isNotEqualTo(window);
        }
    }
}
