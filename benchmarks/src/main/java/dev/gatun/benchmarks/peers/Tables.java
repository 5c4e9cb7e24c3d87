package dev.gatun.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Results as Markdown. */
final class Tables {
    private Tables() {}

    /** Environment, a table for each model, the ratios to the best peer, and who was run how. */
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
        List<String> head = new ArrayList<>(List.of("", ""));
        columns.forEach(column -> head.add(column.title()));
        head.add("error");
        text.append(row(head))
                .append("|---|---|")
                .append("---:|".repeat(columns.size() + 1))
                .append('\n');
        for (Entrant entrant : results.entrants(model)) {
            List<String> cells = new ArrayList<>(List.of(entrant.contestant().title(), entrant.precision()));
            columns.forEach(column -> cells.add(
                    results.find(model, entrant, column).map(Tables::cell).orElse("")));
            double error = columns.stream()
                    .flatMap(column -> results.find(model, entrant, column).stream())
                    .mapToDouble(Measurement::error)
                    .max()
                    .orElse(0);
            cells.add(String.format(
                    Locale.ROOT, "%.1e%s", error, Agreement.holds(entrant.precision(), error) ? "" : " **disagrees**"));
            text.append(row(cells));
        }
        return text.append(ratios(results, model)).toString();
    }

    private static String cell(Measurement measurement) {
        String format = measurement.column().scenario() == Scenario.LATENCY ? "%.1f (%.1f)" : "%.0f";
        return String.format(Locale.ROOT, format, measurement.median(), measurement.nearlyWorst());
    }

    /** For each precision of ours that a peer runs as well, how many times as fast as the best peer. */
    private static String ratios(Results results, String model) {
        StringBuilder text = new StringBuilder();
        List<String> precisions = results.entrants(model).stream()
                .filter(entrant -> entrant.contestant() == Contestant.GATUN)
                .map(Entrant::precision)
                .toList();
        for (String precision : precisions) {
            List<String> cells = new ArrayList<>(List.of("gatun over the best peer", precision));
            boolean any = false;
            for (Column column : results.columns()) {
                Optional<String> ratio = ratio(results, model, column, precision);
                any |= ratio.isPresent();
                cells.add(ratio.orElse(""));
            }
            cells.add("");
            text.append(any ? row(cells) : "");
        }
        return text.toString();
    }

    private static Optional<String> ratio(Results results, String model, Column column, String precision) {
        Optional<Measurement> ours = results.fastest(model, column, precision, true);
        Optional<Measurement> theirs = results.fastest(model, column, precision, false);
        return Stream.of(ours, theirs).allMatch(Optional::isPresent)
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "**%.2fx** %s",
                        ours.orElseThrow().speedOver(theirs.orElseThrow()),
                        theirs.orElseThrow().entrant().contestant().title()))
                : Optional.empty();
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
