package smelt.tokenizer;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The ids that a post-processor puts before and behind a text, or two.
 *
 * @param between two texts
 */
record JsonTemplate(int[] before, int[] behind, int[] between) {
    private static final JsonTemplate NONE = new JsonTemplate(new int[0], new int[0], new int[0]);

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
            case "BertProcessing" -> new JsonTemplate(pairId(node, "cls"), pairId(node, "sep"), pairId(node, "sep"));
            case "RobertaProcessing" ->
                new JsonTemplate(
                        pairId(node, "cls"), pairId(node, "sep"), join(pairId(node, "sep"), pairId(node, "sep")));
            case "Sequence" -> sequence(JsonStages.children(node, "processors", depth, n -> read(n, depth + 1)));
            default -> throw JsonFields.unsupported("post-processor '" + type + "' is unknown");
        };
    }

    /** Each later processor wraps what the earlier ones made. */
    private static JsonTemplate sequence(List<JsonTemplate> parts) {
        JsonTemplate all = NONE;
        for (JsonTemplate part : parts) {
            int[] between = part.between.length > 0 ? part.between : all.between;
            all = new JsonTemplate(join(part.before, all.before), join(all.behind, part.behind), between);
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
        List<int[]> single = parts(node, node.path("single"));
        List<int[]> pair = parts(node, node.path("pair"));
        int[] behind = single.size() > 1 ? single.getLast() : new int[0];
        return new JsonTemplate(single.getFirst(), behind, pair.size() > 2 ? pair.get(1) : behind);
    }

    /** The special ids before the first text, between each two, and behind the last. */
    private static List<int[]> parts(JsonNode node, JsonNode template) {
        List<IntList> parts = new ArrayList<>(List.of(new IntList(4)));
        for (JsonNode part : template) {
            if (part.has("Sequence")) {
                parts.add(new IntList(4));
            } else {
                String name = JsonFields.required(part.path("SpecialToken"), "id");
                for (JsonNode id : node.path("special_tokens").path(name).path("ids")) {
                    parts.getLast().add(JsonFields.integer(id, "an id of '" + name + "'"));
                }
            }
        }
        return parts.stream().map(IntList::toArray).toList();
    }
}
