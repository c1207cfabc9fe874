package smelt.tokenizer;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** The ids that a post-processor puts before and behind a single text. */
record JsonTemplate(int[] before, int[] behind) {
    private static final JsonTemplate NONE = new JsonTemplate(new int[0], new int[0]);

    static JsonTemplate read(JsonNode node) {
        return read(node, 0);
    }

    private static JsonTemplate read(JsonNode node, int depth) {
        if (node.isNull() || node.isMissingNode()) {
            return NONE;
        }
        String type = JsonFields.type(node);
        return switch (type) {
            case "ByteLevel" -> NONE;
            case "TemplateProcessing" -> template(node);
            case "BertProcessing", "RobertaProcessing" -> new JsonTemplate(pairId(node, "cls"), pairId(node, "sep"));
            case "Sequence" -> sequence(JsonStages.children(node, "processors", depth, n -> read(n, depth + 1)));
            default -> throw JsonFields.unsupported("post-processor '" + type + "' is unknown");
        };
    }

    /** Each later processor wraps what the earlier ones made. */
    private static JsonTemplate sequence(List<JsonTemplate> parts) {
        JsonTemplate all = NONE;
        for (JsonTemplate part : parts) {
            all = new JsonTemplate(join(part.before, all.before), join(all.behind, part.behind));
        }
        return all;
    }

    private static int[] join(int[] a, int[] b) {
        IntList all = new IntList(a.length + b.length);
        all.addAll(a);
        all.addAll(b);
        return all.toArray();
    }

    private static int[] pairId(JsonNode node, String name) {
        return new int[] {JsonFields.integer(node.path(name).path(1), "the id of '" + name + "'")};
    }

    private static JsonTemplate template(JsonNode node) {
        IntList before = new IntList(4);
        IntList behind = new IntList(4);
        boolean past = false;
        for (JsonNode part : node.path("single")) {
            if (part.has("Sequence")) {
                past = true;
            } else {
                String name = JsonFields.required(part.path("SpecialToken"), "id");
                for (JsonNode id : node.path("special_tokens").path(name).path("ids")) {
                    (past ? behind : before).add(JsonFields.integer(id, "an id of '" + name + "'"));
                }
            }
        }
        return new JsonTemplate(before.toArray(), behind.toArray());
    }
}
