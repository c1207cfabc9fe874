package smelt.tokenizer.jinja;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model's chat template: messages to the prompt text, as {@code apply_chat_template} of transformers makes it. */
public final class ChatTemplate {
    private final Template template;
    private final String bosToken;
    private final String eosToken;
    private final Clock clock;

    /** Fails as {@link Template#parse} does. */
    public ChatTemplate(String source, String bosToken, String eosToken) {
        this(source, bosToken, eosToken, Clock.systemDefaultZone());
    }

    /** @param clock the date that templates write into system prompts */
    public ChatTemplate(String source, String bosToken, String eosToken, Clock clock) {
        this.template = Template.parse(source);
        this.bosToken = bosToken;
        this.eosToken = eosToken;
        this.clock = clock;
    }

    /**
     * @param messages each with role, content, and what else the family knows (tool_calls, reasoning_content ...)
     * @param tools JSON schemas of functions, or null
     * @param extra further variables (enable_thinking, documents ...); they win over the ones set here
     * @throws smelt.base.Failure as {@link Template#render} does
     */
    public String render(
            List<Map<String, Object>> messages,
            @Nullable List<Map<String, Object>> tools,
            boolean addGenerationPrompt,
            Map<String, Object> extra) {
        Map<String, @Nullable Object> variables = new HashMap<>();
        variables.put("bos_token", bosToken);
        variables.put("eos_token", eosToken);
        variables.put("messages", messages);
        variables.put("tools", tools);
        variables.put("documents", null);
        variables.put("add_generation_prompt", addGenerationPrompt);
        variables.putAll(extra);
        return template.render(variables, Template.Limits.defaults(), clock);
    }
}
