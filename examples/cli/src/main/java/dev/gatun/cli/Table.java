package dev.gatun.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Text in columns. */
final class Table {
    private static final String GAP = "  ";

    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * A column.
     *
     * @param title in the first row
     * @param right whether its cells end at the same place, as numbers do
     */
    record Column(String title, boolean right) {}

    Table(Column... columns) {
        this.columns = List.of(columns);
    }

    static Column left(String title) {
        return new Column(title, false);
    }

    static Column right(String title) {
        return new Column(title, true);
    }

    Table row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    void print(PrintWriter out) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(Column::title).toList());
        lines.addAll(rows);
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < columns.size(); i++) {
                int column = i;
                int width = lines.stream()
                        .mapToInt(cells -> cells.get(column).length())
                        .max()
                        .orElse(0);
                String spaces = " ".repeat(width - line.get(i).length());
                text.append(columns.get(i).right() ? spaces + line.get(i) : line.get(i) + spaces)
                        .append(GAP);
            }
            out.println(text.toString().stripTrailing());
        }
    }
}
