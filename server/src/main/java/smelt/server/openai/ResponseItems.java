package smelt.server.openai;

import java.util.ArrayList;
import java.util.List;
import smelt.server.answers.Part;
import smelt.server.http.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The items of a response's output as they grow, with the events that tell of it. */
final class ResponseItems {
    private static final String COMPLETED = "completed";
    private static final String ARGUMENTS = "arguments";

    private final ArrayNode output = Json.object().putArray("output");
    private final StringBuilder grown = new StringBuilder();
    /** Of the message's tokens so far. */
    private ArrayNode scores = Wire.ids();

    /**
     * More of the answer.
     *
     * @param own log-probabilities of the token that brought it
     * @return events that tell of it
     */
    List<ObjectNode> add(List<Part> parts, ArrayNode own) {
        List<ObjectNode> events = new ArrayList<>();
        ArrayNode untold = own;
        for (Part part : parts) {
            switch (part) {
                case Part.Content more -> {
                    text(more.text(), untold, events);
                    untold = Wire.ids();
                }
                case Part.Thought more -> {
                    if (!isOpen("reasoning")) {
                        ObjectNode item = item("reasoning", "rs_", events);
                        item.putArray("summary");
                        added(item, events);
                    }
                    delta(content("response.reasoning_text.delta"), more.text(), events);
                }
                case Part.Called call -> {
                    ObjectNode item = item("function_call", "fc_", events);
                    item.put("call_id", call.id()).put("name", call.name()).put(ARGUMENTS, "");
                    added(item, events);
                }
                case Part.Arguments more -> delta(event("response.function_call_arguments.delta"), more.text(), events);
            }
        }
        if (!untold.isEmpty() && isOpen("message")) {
            text("", untold, events);
        }
        return events;
    }

    private void text(String text, ArrayNode own, List<ObjectNode> events) {
        openMessage(events);
        scores.addAll(own);
        ObjectNode delta = content("response.output_text.delta");
        delta.set("logprobs", own);
        delta(delta, text, events);
    }

    private void openMessage(List<ObjectNode> events) {
        if (isOpen("message")) {
            return;
        }
        ObjectNode item = item("message", "msg_", events);
        item.put("role", "assistant").putArray("content");
        added(item, events);
        scores = Wire.ids();
        ObjectNode begun = content("response.content_part.added");
        begun.set("part", part());
        events.add(begun);
    }

    private boolean isOpen(String type) {
        return !output.isEmpty() && last().path("type").asString("").equals(type);
    }

    private ObjectNode last() {
        return (ObjectNode) output.get(output.size() - 1);
    }

    private ObjectNode item(String type, String prefix, List<ObjectNode> events) {
        finish(COMPLETED, events);
        return output.addObject().put("id", Wire.id(prefix)).put("type", type).put("status", "in_progress");
    }

    private void added(ObjectNode item, List<ObjectNode> events) {
        ObjectNode event =
                Json.object().put("type", "response.output_item.added").put("output_index", output.size() - 1);
        event.set("item", item.deepCopy());
        events.add(event);
    }

    private void delta(ObjectNode event, String text, List<ObjectNode> events) {
        grown.append(text);
        events.add(event.put("delta", text));
    }

    private ObjectNode event(String type) {
        return Json.object()
                .put("type", type)
                .put("item_id", last().path("id").asString(""))
                .put("output_index", output.size() - 1);
    }

    private ObjectNode content(String type) {
        return event(type).put("content_index", 0);
    }

    private ObjectNode part() {
        ObjectNode part = Json.object().put("type", "output_text").put("text", grown.toString());
        part.putArray("annotations");
        part.set("logprobs", scores);
        return part;
    }

    /** Of the item that was the last so far, where there is one. */
    private void finish(String status, List<ObjectNode> events) {
        if (output.isEmpty()) {
            return;
        }
        ObjectNode item = last().put("status", status);
        switch (item.path("type").asString("")) {
            case "message" -> finishMessage(item, events);
            case "reasoning" -> {
                ObjectNode thought = item.putArray("content").addObject();
                thought.put("type", "reasoning_text").put("text", grown.toString());
                events.add(content("response.reasoning_text.done").put("text", grown.toString()));
            }
            default -> {
                item.put(ARGUMENTS, grown.toString());
                events.add(event("response.function_call_arguments.done")
                        .put("name", item.path("name").asString(""))
                        .put(ARGUMENTS, grown.toString()));
            }
        }
        grown.setLength(0);
        ObjectNode done = Json.object().put("type", "response.output_item.done").put("output_index", output.size() - 1);
        done.set("item", item);
        events.add(done);
    }

    private void finishMessage(ObjectNode item, List<ObjectNode> events) {
        JsonNode part = part();
        item.putArray("content").add(part);
        ObjectNode text = content("response.output_text.done").put("text", grown.toString());
        text.set("logprobs", scores);
        events.add(text);
        ObjectNode done = content("response.content_part.done");
        done.set("part", part);
        events.add(done);
    }

    /** There is always an item. */
    List<ObjectNode> end(String status) {
        List<ObjectNode> events = new ArrayList<>();
        if (output.isEmpty()) {
            openMessage(events);
        }
        finish(status, events);
        return events;
    }

    ArrayNode output() {
        return output;
    }
}
