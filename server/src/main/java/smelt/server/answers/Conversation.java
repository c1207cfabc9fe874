package smelt.server.answers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import smelt.engine.ChatFormat;
import smelt.engine.ChatOptions;
import smelt.engine.LoadedModel;
import smelt.server.generation.Prompts;

/**
 * A chat as a request has it.
 *
 * @param messages each with role and content; calls of tools as OpenAI's interface has them, their arguments as maps
 * @param options what the template is told beside them
 */
public record Conversation(List<Map<String, Object>> messages, ChatOptions options, ToolUse tools) {
    private static final String ENABLE_THINKING = "enable_thinking";
    private static final String EFFORT = "reasoning_effort";
    /** Granite's and DeepSeek's name of the variable by which a template is told to think, or not to. */
    private static final Pattern OTHER_SWITCH =
            Pattern.compile("\\bif (?:not )?thinking\\b|\\bthinking is (?:not )?defined");

    /** What is read of a model's template, and how it writes tools. */
    private record Template(String text, Optional<ToolSyntax> syntax) {
        /** A syntax that cannot write all of the tools is as good as none. */
        static Template of(LoadedModel model, ToolUse tools) {
            String text = model.chatFormat().flatMap(ChatFormat::template).orElse("");
            return new Template(text, ToolSyntax.of(text).filter(tools::fit));
        }

        boolean takesSystem() {
            return !text.contains("System role not supported");
        }
    }

    public static Conversation of(List<Map<String, Object>> messages) {
        return new Conversation(messages, ChatOptions.DEFAULT, ToolUse.NONE);
    }

    /** A chat whose last message, where it is the assistant's and has no calls, is the beginning of the answer. */
    public static Conversation continued(
            List<Map<String, Object>> messages, Map<String, Object> variables, ToolUse tools) {
        Map<String, Object> last = messages.getLast();
        boolean begun = "assistant".equals(last.get("role")) && !last.containsKey("tool_calls");
        return new Conversation(messages, new ChatOptions(!begun, begun, variables), tools);
    }

    /** Whether a model's template can be told to think, or not to. */
    public static boolean canThink(LoadedModel model) {
        return canThink(model.chatFormat().flatMap(ChatFormat::template).orElse(""));
    }

    /** Whether a template knows thoughts. */
    public static boolean canThink(String template) {
        return Thinking.of(template, "") != Thinking.NONE
                || ToolSyntax.of(template)
                        .filter(ToolSyntax.Harmony.class::isInstance)
                        .isPresent()
                || template.contains(ENABLE_THINKING)
                || OTHER_SWITCH.matcher(template).find();
    }

    /**
     * What the model reads.
     *
     * @throws smelt.server.http.Problem 400 where it has no chat template
     */
    public String text(LoadedModel model) {
        Prompts.checkChats(model);
        Template template = Template.of(model, tools);
        return model.chatText(forTemplate(template), options(template));
    }

    /**
     * What the model reads, as ids.
     *
     * @param param the field that the messages came in
     * @throws smelt.server.http.Problem 400 where it has no chat template, or its context no room for an answer
     */
    public int[] prompt(LoadedModel model, String param) {
        Template template = Template.of(model, tools);
        return Prompts.ofChat(model, forTemplate(template), options(template), param);
    }

    private List<Map<String, Object>> forTemplate(Template template) {
        if (template.syntax().isEmpty()) {
            return Spelled.of(messages, tools.tools(), template.takesSystem());
        }
        return template.syntax().get() instanceof ToolSyntax.DeepSeek deepSeek
                ? DeepSeekMessages.of(messages, tools.tools(), deepSeek)
                : messages;
    }

    private ChatOptions options(Template template) {
        Map<String, Object> variables = switches(template.text(), options.variables());
        if (!tools.tools().isEmpty() && template.syntax().isPresent()) {
            variables.put("tools", Tool.forTemplate(tools.tools()));
        }
        return new ChatOptions(options.beginsAnswer(), options.continuesLast(), variables);
    }

    /** The variables, and those by which the template is told to think that follow from them. */
    static Map<String, Object> switches(String template, Map<String, Object> given) {
        Map<String, Object> variables = new LinkedHashMap<>(given);
        Object effort = variables.get(EFFORT);
        if (effort != null && !template.contains(EFFORT)) {
            variables.putIfAbsent(ENABLE_THINKING, !effort.equals("none"));
        }
        Object thinks = variables.get(ENABLE_THINKING);
        if (thinks != null && OTHER_SWITCH.matcher(template).find()) {
            variables.putIfAbsent("thinking", thinks);
        }
        return variables;
    }

    /**
     * How the answer to {@code prompt} is made and read.
     *
     * @param shape of content; empty where it is free
     */
    public AnswerForm form(LoadedModel model, int[] prompt, Optional<Shape> shape) {
        Template template = Template.of(model, tools);
        return AnswerForm.of(model, template.text(), template.syntax(), prompt, tools, shape);
    }
}
