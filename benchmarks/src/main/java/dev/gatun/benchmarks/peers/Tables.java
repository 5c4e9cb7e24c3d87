package dev.gatun.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Results as Markdown. */
final class Tables {
    private Tables() {}

    /** Environment, a table for each model, the ratios to each peer, and who was run how. */
    static String markdown(Results results) {
        StringBuilder text = new StringBuilder();
        text.append(String.join("; ", results.environment().values())).append(".\n");
        results.models().forEach(model -> text.append(model(results, model)));
        text.append("\n| contestant | version and settings |\n|---|---|\n");
        results.about().forEach((who, about) -> text.append(row(List.of(who.title(), about))));
        results.skipped().forEach((who, why) -> text.append(row(List.of(who, "skipped: " + why))));
        return text.toString();
    }

    private static String model(Results results, String model) {
        List<Column> columns = results.columns();
        StringBuilder text = new StringBuilder("\n**" + model + "**\n\n");
        List<String> head = head(results, "");
        head.add("error");
        text.append(row(head)).append(rule(results).strip()).append("---:|\n");
        for (Entrant entrant : results.entrants(model)) {
            List<String> cells = cells(
                    results,
                    List.of(entrant.contestant().title(), entrant.precision()),
                    column -> results.find(model, entrant, column).map(Tables::cell));
            double error = columns.stream()
                    .flatMap(column -> results.find(model, entrant, column).stream())
                    .mapToDouble(Measurement::error)
                    .max()
                    .orElse(0);
            cells.add(String.format(
                    Locale.ROOT, "%.1e%s", error, Agreement.holds(entrant.precision(), error) ? "" : " **disagrees**"));
            text.append(row(cells));
        }
        return text.append(ratios(results, model)).append(calm(results, model)).toString();
    }

    private static String cell(Measurement measurement) {
        String format = measurement.column().scenario() == Scenario.LATENCY ? "%.1f (%.1f, %.1f)" : "%.0f (%.0f, %.0f)";
        return String.format(
                Locale.ROOT, format, measurement.median(), measurement.undisturbed(), measurement.nearlyWorst());
    }

    /** How many times as fast as each peer in the same precision, the share of the machine's peak, and how far times scatter. */
    private static String ratios(Results results, String model) {
        StringBuilder text = new StringBuilder("\n" + row(head(results, "gatun")) + rule(results));
        for (Entrant ours : results.entrants(model)) {
            if (ours.contestant() != Contestant.GATUN) {
                continue;
            }
            for (Entrant theirs : results.entrants(model)) {
                if (theirs.contestant() != Contestant.GATUN
                        && theirs.precision().equals(ours.precision())) {
                    text.append(row(cells(
                            results,
                            List.of("over " + theirs.contestant().title(), ours.precision()),
                            column -> ratio(results, model, column, ours, theirs))));
                }
            }
            text.append(row(cells(
                    results,
                    List.of("share of peak", ours.precision()),
                    column -> results.find(model, ours, column).map(one -> share(results, one)))));
            text.append(row(cells(
                    results,
                    List.of("p99 over median", ours.precision()),
                    column -> results.find(model, ours, column)
                            .filter(one -> column.scenario() == Scenario.LATENCY)
                            .map(one -> format("%.2f", one.spread()) + " of "
                                    + one.values().size()))));
            text.append(row(cells(
                    results,
                    List.of("the same of a loop as long", ours.precision()),
                    column -> results.find(model, ours, column)
                            .map(Measurement::blamelessSpread)
                            .filter(OptionalDouble::isPresent)
                            .map(spread -> format("%.2f", spread.getAsDouble())))));
        }
        Double apart = results.int8Apart().get(model);
        return apart == null
                ? text.toString()
                : text.append(String.format(
                                Locale.ROOT,
                                "%nThe int8 answers of gatun and ONNX Runtime differ by %.1e of the largest logit%s.%n",
                                apart,
                                Agreement.int8Holds(apart) ? "" : ": they **disagree**"))
                        .toString();
    }

    /** The same of those runs alone that nothing disturbed. */
    private static String calm(Results results, String model) {
        List<Measurement> calm = results.measurements().stream()
                .filter(one -> one.model().equals(model) && one.hasCalm())
                .toList();
        if (calm.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder("""

                Batch 1 on 1 thread, of those runs alone before and after which a probe of the tile unit found the core to be nobody else's:

                |  |  | ms | p99 over median | runs | gatun is faster by | gatun's share of peak |
                |---|---|---:|---:|---:|---:|---:|
                """);
        for (Measurement one : calm) {
            boolean ours = one.entrant().contestant() == Contestant.GATUN;
            Optional<Measurement> gatun = results.find(
                            model, new Entrant(Contestant.GATUN, one.entrant().precision()), one.column())
                    .filter(us -> !ours && us.hasCalm());
            OptionalDouble share = ours ? results.shareOfPeak(one, one.calmMedian()) : OptionalDouble.empty();
            text.append(row(List.of(
                    one.entrant().contestant().title(),
                    one.entrant().precision(),
                    format("%.1f", one.calmMedian()),
                    format("%.2f", one.calmSpread()),
                    String.valueOf(one.calm().size()),
                    gatun.map(us -> format("**%.2fx**", us.speedOver(one, Measurement::calmMedian)))
                            .orElse(""),
                    share.isPresent() ? format("%.0f %%", 100 * share.getAsDouble()) : "")));
        }
        return text.toString();
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }

    private static Optional<String> ratio(Results results, String model, Column column, Entrant ours, Entrant theirs) {
        return results.find(model, ours, column)
                .flatMap(us -> results.find(model, theirs, column)
                        .map(them -> String.format(
                                Locale.ROOT,
                                "**%.2fx** (%.2fx)",
                                us.speedOver(them, Measurement::median),
                                us.speedOver(them, Measurement::undisturbed))));
    }

    private static String share(Results results, Measurement one) {
        OptionalDouble median = results.shareOfPeak(one, one.median());
        OptionalDouble undisturbed = results.shareOfPeak(one, one.undisturbed());
        return median.isPresent() && undisturbed.isPresent()
                ? String.format(
                        Locale.ROOT, "%.0f %% (%.0f %%)", 100 * median.getAsDouble(), 100 * undisturbed.getAsDouble())
                : "";
    }

    private static List<String> head(Results results, String first) {
        return cells(results, List.of(first, ""), column -> Optional.of(column.title()));
    }

    private static String rule(Results results) {
        return "|---|---|" + "---:|".repeat(results.columns().size()) + "\n";
    }

    private static List<String> cells(Results results, List<String> first, Function<Column, Optional<String>> cell) {
        List<String> cells = new ArrayList<>(first);
        results.columns().forEach(column -> cells.add(cell.apply(column).orElse("")));
        return cells;
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
