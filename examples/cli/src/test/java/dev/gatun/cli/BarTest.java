package dev.gatun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BarTest {
    @ParameterizedTest
    @CsvSource({"0, '    '", "0.03, '▏   '", "0.5, '██  '", "0.53125, '██▏ '", "1, '████'", "1.5, '████'", "-1, '    '"
    })
    void fillsItsFractionInEighths(double fraction, String bar) {
        assertThat(Bar.of(fraction, 4, true)).isEqualTo(bar);
    }

    @ParameterizedTest
    @CsvSource({"0, '    '", "0.12, '    '", "0.13, '#   '", "0.5, '##  '", "1, '####'", "NaN, '    '"})
    void fillsItsFractionInAscii(double fraction, String bar) {
        assertThat(Bar.of(fraction, 4, false)).isEqualTo(bar);
    }
}
