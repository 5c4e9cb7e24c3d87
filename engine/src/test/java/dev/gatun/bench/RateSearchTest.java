package dev.gatun.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateSearchTest {
    @Test
    void findsTheHighestRateWithinThePrecision() {
        for (double limit = 0.5; limit < 100; limit += 0.7) {
            double bearable = limit;
            double found = RateSearch.highest(100, 0.01, rate -> rate <= bearable);
            assertThat(found).isBetween(bearable - 1, bearable);
        }
    }

    @Test
    void answersARateThatWasTriedAndBorne() {
        List<Double> borne = new ArrayList<>();
        double found = RateSearch.highest(64, 0.02, rate -> {
            boolean bears = rate <= 37;
            if (bears) {
                borne.add(rate);
            }
            return bears;
        });
        assertThat(borne.getLast()).isEqualTo(found);
    }

    @Test
    void triesTheCeilingFirstAndAsFewRatesAsBisectionNeeds() {
        List<Double> tried = new ArrayList<>();
        assertThat(RateSearch.highest(100, 0.02, rate -> {
                    tried.add(rate);
                    return true;
                }))
                .isEqualTo(100);
        assertThat(tried).containsExactly(100.0, 100.0);
        tried.clear();
        assertThat(RateSearch.highest(100, 0.02, rate -> {
                    tried.add(rate);
                    return false;
                }))
                .isZero();
        assertThat(tried).startsWith(100.0, 100.0, 50.0, 50.0, 25.0).hasSize(2 * RateSearch.rates(0.02));
    }

    @Test
    void whatHappensOnceDecidesNothing() {
        for (int hiccup = 0; hiccup < 14; hiccup++) {
            int at = hiccup;
            int[] tries = {0};
            assertThat(RateSearch.highest(64, 0.02, rate -> (rate <= 37) ^ (tries[0]++ == at)))
                    .isEqualTo(37);
        }
    }

    @Test
    void ratesAreAsManyAsAreTried() {
        for (double precision : new double[] {0.5, 0.3, 0.1, 0.02, 0.01}) {
            List<Double> tried = new ArrayList<>();
            RateSearch.highest(10, precision, rate -> {
                tried.add(rate);
                return false;
            });
            assertThat(tried.stream().distinct()).hasSize(RateSearch.rates(precision));
        }
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> RateSearch.highest(0, 0.1, _ -> true)).hasMessageContaining("ceiling 0.0");
        assertThatThrownBy(() -> RateSearch.highest(1, 0, _ -> true)).hasMessageContaining("precision 0.0");
    }
}
