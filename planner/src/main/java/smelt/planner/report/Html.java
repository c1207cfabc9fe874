package smelt.planner.report;

import java.util.List;

/** Pieces of a page; every text is escaped here and nowhere else. */
final class Html {
    private Html() {}

    static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c < ' ' && c != '\n' && c != '\t' ? '?' : c);
            }
        }
        return out.toString();
    }

    static String section(String title, String content) {
        return "<section>\n<h2>" + escaped(title) + "</h2>\n" + content + "</section>\n";
    }

    static String paragraph(String text) {
        return "<p>" + escaped(text) + "</p>\n";
    }

    static String list(List<String> texts) {
        StringBuilder out = new StringBuilder("<ul>\n");
        texts.forEach(t -> out.append("<li>").append(escaped(t)).append("</li>\n"));
        return out.append("</ul>\n").toString();
    }

    static String code(String text) {
        return "<pre><code>" + escaped(text) + "</code></pre>\n";
    }

    /** A head that begins with '>' makes its column flush right, as figures are. */
    static String table(List<String> heads, List<List<String>> rows) {
        StringBuilder out = new StringBuilder("<div class=\"wide\"><table>\n<thead><tr>");
        heads.forEach(h -> out.append(h.startsWith(">") ? "<th class=\"n\">" : "<th>")
                .append(escaped(h.startsWith(">") ? h.substring(1) : h))
                .append("</th>"));
        out.append("</tr></thead>\n<tbody>\n");
        for (List<String> row : rows) {
            out.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                out.append(heads.get(i).startsWith(">") ? "<td class=\"n\">" : "<td>")
                        .append(escaped(row.get(i)))
                        .append("</td>");
            }
            out.append("</tr>\n");
        }
        return out.append("</tbody></table></div>\n").toString();
    }
}
