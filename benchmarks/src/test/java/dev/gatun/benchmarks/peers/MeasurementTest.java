package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {
    private static Measurement of(Scenario scenario, Double... values) {
        return new Measurement(
                "resnet50",
                new Entrant(Contestant.GATUN, "f32"),
                new Column(scenario, 1),
                "",
                List.of(values),
                List.of(),
                List.of(),
                0);
    }

    @Test
    void quantilesAreOfTheNearestRank() {
        List<Double> values = List.of(1.0, 2.0, 3.0, 4.0, 100.0);
        assertThat(Quantiles.of(values, 0)).isEqualTo(1);
        assertThat(Quantiles.of(values, 0.5)).isEqualTo(3);
        assertThat(Quantiles.of(values, 0.9)).isEqualTo(100);
        assertThat(Quantiles.of(List.of(7.0), 0.5)).isEqualTo(7);
    }

    @Test
    void timesAreBadWhenLongAndRatesWhenLow() {
        Double[] values = {5.0, 1.0, 4.0, 2.0, 3.0};
        assertThat(of(Scenario.LATENCY, values).nearlyWorst()).isEqualTo(5);
        assertThat(of(Scenario.THROUGHPUT, values).nearlyWorst()).isEqualTo(1);
        assertThat(of(Scenario.LATENCY, values).median()).isEqualTo(3);
        assertThat(of(Scenario.LATENCY, values).undisturbed()).isEqualTo(1);
        assertThat(of(Scenario.THROUGHPUT, values).undisturbed()).isEqualTo(5);
    }

    @Test
    void halfTheTimeAndTwiceTheRateAreBothTwiceAsFast() {
        assertThat(of(Scenario.LATENCY, 5.0).speedOver(of(Scenario.LATENCY, 10.0), Measurement::median))
                .isEqualTo(2);
        assertThat(of(Scenario.THROUGHPUT, 10.0).speedOver(of(Scenario.THROUGHPUT, 5.0), Measurement::median))
                .isEqualTo(2);
    }

    @Test
    void runsThatNothingDisturbedAreTold() {
        Calm calm = new Calm();
        assertThat(calm.isKnown()).isFalse();
        calm.add(100);
        calm.add(80);
        assertThat(calm.most()).isEqualTo(112);
        assertThat(calm.shows(new Timed(7, 112))).isTrue();
        assertThat(calm.shows(new Timed(7, 113))).isFalse();
        assertThat(calm.shows(new Timed(7, 0))).isFalse();
        assertThat(Timed.parse(new Timed(7, 101).toString())).isEqualTo(new Timed(7, 101));
        Measurement measurement = new Measurement(
                "resnet50",
                new Entrant(Contestant.GATUN, "f32"),
                new Column(Scenario.LATENCY, 1),
                "",
                List.of(9.0, 8.0),
                List.of(3.0, 2.0, 2.0, 2.0, 1.0),
                List.of(),
                0);
        assertThat(measurement.hasCalm()).isTrue();
        assertThat(measurement.calmMedian()).isEqualTo(2);
        assertThat(measurement.calmSpread()).isEqualTo(1.5);
        assertThat(of(Scenario.LATENCY, 5.0).hasCalm()).isFalse();
    }

    @Test
    void ratesAreImagesOverSeconds() {
        assertThat(new Rate(30, 1_500_000_000L).imagesPerSecond()).isEqualTo(20);
    }

    @Test
    void lanesThatEndEarlierAreNotChargedWithWaiting() {
        Rate both = Rate.sum(List.of(new Rate(10, 1_000_000_000L), new Rate(20, 2_000_000_000L)));
        assertThat(both.images()).isEqualTo(30);
        assertThat(both.imagesPerSecond()).isEqualTo(20);
    }
}
