package smelt.cli;

import java.util.ArrayList;
import java.util.List;

/** Columns of text, as wide as they need; a head that begins with '>' makes its column flush right. */
final class Table {
    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] flushRight;

    Table(String... heads) {
        flushRight = new boolean[heads.length];
        String[] shown = new String[heads.length];
        for (int i = 0; i < heads.length; i++) {
            flushRight[i] = heads[i].startsWith(">");
            shown[i] = flushRight[i] ? heads[i].substring(1) : heads[i];
        }
        rows.add(shown);
    }

    void row(String... cells) {
        rows.add(cells);
    }

    @Override
    public String toString() {
        int[] widths = new int[flushRight.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String gap = " ".repeat(widths[i] - row[i].length());
                line.append(i == 0 ? "" : "  ").append(flushRight[i] ? gap + row[i] : row[i] + gap);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
