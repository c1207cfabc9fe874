package smelt.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import smelt.base.Failure;
import smelt.base.FailureCode;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The messages of a chat, system message first where there is one. */
final class Conversation {
    private static final String USER = "user";
    private static final String ASSISTANT = "assistant";

    private record Message(String role, String content) {}

    private String system;
    private final List<Message> messages = new ArrayList<>();

    /** @param system empty for none */
    Conversation(String system) {
        this.system = system;
    }

    void setSystem(String text) {
        system = text;
    }

    String system() {
        return system;
    }

    void ask(String question) {
        messages.add(new Message(USER, question));
    }

    void answer(String text) {
        messages.add(new Message(ASSISTANT, text));
    }

    void clear() {
        messages.clear();
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** Takes back the last question and what followed it; returns the question. */
    Optional<String> takeBackQuestion() {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).role().equals(USER)) {
                String question = messages.get(i).content();
                messages.subList(i, messages.size()).clear();
                return Optional.of(question);
            }
        }
        return Optional.empty();
    }

    /** As chat templates read them. */
    List<Map<String, Object>> forTemplate() {
        List<Map<String, Object>> all = new ArrayList<>();
        if (!system.isEmpty()) {
            all.add(entry("system", system));
        }
        messages.forEach(message -> all.add(entry(message.role(), message.content())));
        return all;
    }

    /** All contents, for models that only continue text. */
    String asText() {
        StringBuilder text = new StringBuilder(system.isEmpty() ? "" : system + "\n\n");
        messages.forEach(message -> text.append(message.content()));
        return text.toString();
    }

    private static Map<String, Object> entry(String role, String content) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("role", role);
        entry.put("content", content);
        return entry;
    }

    String toJson() {
        return Json.pretty(Map.of("messages", forTemplate()));
    }

    /** @throws Failure MALFORMED where {@code json} is not what {@link #toJson} writes */
    static Conversation fromJson(String json) {
        JsonNode all;
        try {
            all = Json.tree(json).path("messages");
        } catch (JacksonException e) {
            throw malformed("is no JSON: " + e.getOriginalMessage());
        }
        if (!all.isArray()) {
            throw malformed("has no list 'messages'");
        }
        var conversation = new Conversation("");
        for (JsonNode message : all) {
            conversation.add(message.path("role").asString(""), message.path("content"));
        }
        return conversation;
    }

    private void add(String role, JsonNode content) {
        if (!content.isString()) {
            throw malformed("has a message without text");
        }
        switch (role) {
            case "system" -> system = content.asString();
            case USER -> ask(content.asString());
            case ASSISTANT -> answer(content.asString());
            default -> throw malformed("has a message of unknown role '" + role + "'");
        }
    }

    private static Failure malformed(String what) {
        return Failure.of(FailureCode.MALFORMED, "The saved chat " + what);
    }
}
