package smelt.server;

import java.util.List;
import java.util.Locale;
import smelt.server.fields.Field;
import smelt.server.fields.Fields;

/** The page of all fields of all routes, made from the tables that requests are read by. */
public final class FieldsPage {
    private static final String INTRODUCTION = """
            # Fields of the server's routes

            Made from the code by `scripts/pages`; a test compares both. A field is *supported*, *ignored* (accepted,
            changes nothing, for the reason told) or *refused*: 400 with its name, unless its value asks for nothing. A
            null is as good as nothing. A field that is not here is 400 `unknown_parameter`, unless the server was told
            to let such fields pass. Routes of OpenAI's interface are there without `/v1` too.
            """;

    private FieldsPage() {}

    /** In Markdown. */
    public static String markdown() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        Server.tables().forEach(table -> write(table, page));
        return page.toString();
    }

    private static void write(Fields table, StringBuilder page) {
        page.append("\n## ").append(table.route()).append("\n\n");
        page.append("| field | use | type | meaning |\n|---|---|---|---|\n");
        for (Field.Use use : List.of(Field.Use.values())) {
            table.all().stream().filter(field -> field.use() == use).forEach(field -> write(field, page));
        }
    }

    private static void write(Field field, StringBuilder page) {
        page.append("| `")
                .append(field.name())
                .append("` | ")
                .append(field.use().name().toLowerCase(Locale.ROOT))
                .append(field.required() ? ", required" : "")
                .append(" | ")
                .append(field.kind().text())
                .append(" | ")
                .append(field.note().replace("|", "\\|"))
                .append(" |\n");
    }
}
