package smelt.server.anthropic;

import java.util.ArrayList;
import java.util.List;
import smelt.server.answers.Part;
import smelt.server.http.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The blocks of a message's content as they grow, with the events that tell of it. */
final class Blocks {
    private static final String TEXT = "text";
    private static final String THINKING = "thinking";
    private static final String INPUT = "input";

    private final ArrayNode content = Json.object().putArray("content");
    private final StringBuilder grown = new StringBuilder();

    /** @return events that tell of these parts */
    List<ObjectNode> add(List<Part> parts) {
        List<ObjectNode> events = new ArrayList<>();
        for (Part part : parts) {
            switch (part) {
                case Part.Content more -> grow(TEXT, TEXT, TEXT + "_delta", more.text(), events);
                case Part.Thought more -> grow(THINKING, THINKING, THINKING + "_delta", more.text(), events);
                case Part.Called call -> {
                    ObjectNode block = Json.object().put("type", "tool_use").put("id", call.id());
                    block.put("name", call.name()).putObject(INPUT);
                    begin(block, events);
                }
                case Part.Arguments more -> delta("input_json_delta", "partial_json", more.text(), events);
            }
        }
        return events;
    }

    private void grow(String type, String name, String deltaType, String text, List<ObjectNode> events) {
        if (content.isEmpty() || !last().path("type").asString("").equals(type)) {
            ObjectNode block = Json.object().put("type", type).put(name, "");
            begin(type.equals(THINKING) ? block.put("signature", "") : block, events);
        }
        delta(deltaType, name, text, events);
    }

    private ObjectNode last() {
        return (ObjectNode) content.get(content.size() - 1);
    }

    private void begin(ObjectNode block, List<ObjectNode> events) {
        finish(events);
        content.add(block);
        ObjectNode event = event("content_block_start");
        event.set("content_block", block.deepCopy());
        events.add(event);
    }

    private void delta(String type, String name, String text, List<ObjectNode> events) {
        grown.append(text);
        ObjectNode event = event("content_block_delta");
        event.putObject("delta").put("type", type).put(name, text);
        events.add(event);
    }

    private ObjectNode event(String type) {
        return MessageAnswer.event(type).put("index", content.size() - 1);
    }

    /** Of the block that was the last so far, where there is one. */
    private void finish(List<ObjectNode> events) {
        if (content.isEmpty()) {
            return;
        }
        switch (last().path("type").asString("")) {
            case "tool_use" -> {
                // an answer that ended too early has no whole object
                JsonNode input = Json.parsed(grown.toString());
                last().set(INPUT, input.isObject() ? input : Json.object());
            }
            case THINKING -> last().put(THINKING, grown.toString());
            default -> last().put(TEXT, grown.toString());
        }
        grown.setLength(0);
        events.add(event("content_block_stop"));
    }

    /** There is always a block. */
    List<ObjectNode> end() {
        List<ObjectNode> events = new ArrayList<>();
        if (content.isEmpty()) {
            begin(Json.object().put("type", TEXT).put(TEXT, ""), events);
        }
        finish(events);
        return events;
    }

    ArrayNode content() {
        return content;
    }
}
