package smelt.tokenizer.jinja;

/** Text that counts as HTML: joining plain text to it escapes the plain text. */
record Markup(String text) {
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&#34;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    /** The text of a value as it may stand beside markup. */
    static String escapeUnlessMarkup(Object value, Budget budget) {
        if (value instanceof Markup markup) {
            return markup.text();
        }
        String plain = Repr.text(value, budget);
        budget.allocate(plain.length());
        return escape(plain);
    }
}
