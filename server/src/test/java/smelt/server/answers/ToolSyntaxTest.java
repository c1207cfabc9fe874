package smelt.server.answers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import smelt.engine.constraint.Grammar;
import smelt.server.RunningServer;
import tools.jackson.databind.node.ObjectNode;

/** Guards server/: how a model writes calls is found in its template, and spelled out for one that knows none. */
class ToolSyntaxTest {
    private static Tool tool(String name, String schema) {
        return new Tool(name, "Does it", (ObjectNode) RunningServer.JSON.readTree(schema), "tools[0].parameters");
    }

    @Test
    void isFoundInTheTemplate() {
        String qwen = "{% if tools %}<tool_call>\\n{\\\"name\\\": <function-name>}</tool_call>{% endif %}";
        String llama = "<|start_header_id|>{% if tools %}{\"name\": function, \"parameters\": dictionary}{% endif %}";
        String nemo = "{% if tools %}[AVAILABLE_TOOLS]{% endif %}[TOOL_CALLS][{{ call }}]";
        String small = "{% if tools %}[AVAILABLE_TOOLS]{% endif %}[TOOL_CALLS]{{ name }}[ARGS]{{ arguments }}";
        assertThat(ToolSyntax.of(qwen)).contains(new ToolSyntax.Hermes());
        assertThat(ToolSyntax.of(llama)).contains(new ToolSyntax.Llama());
        assertThat(ToolSyntax.of(nemo)).contains(new ToolSyntax.MistralList());
        assertThat(ToolSyntax.of(small)).contains(new ToolSyntax.MistralNamed());
        assertThat(ToolSyntax.of("{% for message in messages %}{{ message }}{% endfor %}"))
                .isEmpty();
        assertThat(ToolSyntax.of("{% if tools %}<tool_call><function=x>{% endif %}"))
                .isEmpty();
        assertThat(ToolSyntax.of("{% if tools %}<tool_call><function=x>\\n<parameter=y>{% endif %}"))
                .containsInstanceOf(ToolSyntax.Elements.class);
        assertThat(ToolSyntax.of("{% if tools %}<tool_call>x\n<arg_key>{% endif %}"))
                .containsInstanceOf(ToolSyntax.Elements.class);
        assertThat(ToolSyntax.of("{% if tools %}<|start_header_id|>[func_name1(params_name1=1)]{% endif %}"))
                .contains(new ToolSyntax.Python());
        assertThat(ToolSyntax.of("'<｜tool▁calls▁begin｜>' + '```json'")).contains(new ToolSyntax.DeepSeek(true));
        assertThat(ToolSyntax.of("<|start|>assistant<|channel|>final<|message|>"))
                .contains(new ToolSyntax.Harmony());
        assertThat(Conversation.canThink("<|channel|>final<|message|>")).isTrue();
        assertThat(ToolSyntax.of("'<｜tool▁calls▁begin｜>'")).contains(new ToolSyntax.DeepSeek(false));
        assertThat(ToolSyntax.of("")).isEmpty();
    }

    @Test
    void argumentsAreNothingWhereATotalOfNoneIsNamed() {
        Grammar none = new Grammar.Literal("{}");
        assertThat(tool("f", "{}").arguments()).isEqualTo(none);
        assertThat(tool("f", "{\"type\":\"object\",\"properties\":{},\"required\":[]}")
                        .arguments())
                .isEqualTo(none);
        assertThat(tool("f", "{\"type\":\"object\",\"properties\":{\"a\":{}}}").arguments())
                .isInstanceOf(Grammar.JsonSchema.class);
        assertThat(tool("f", "{\"type\":\"object\",\"minProperties\":1}").arguments())
                .isInstanceOf(Grammar.JsonSchema.class);
    }

    @Test
    void isSpelledOutForATemplateWithoutTools() {
        List<Tool> tools = List.of(tool("now", "{}"));
        Map<String, Object> call = ToolMessages.call("c1", "now", RunningServer.JSON.readTree("{\"zone\":\"UTC\"}"));
        List<Map<String, Object>> messages = List.of(
                Map.of("role", "system", "content", "Be brief."),
                Map.of("role", "user", "content", "What time is it?"),
                Map.of("role", "assistant", "content", "", "tool_calls", List.of(call)),
                Map.of("role", "tool", "content", "12:00", "tool_call_id", "c1"),
                Map.of("role", "tool", "content", "13:00", "tool_call_id", "c2"));
        List<Map<String, Object>> spelled = Spelled.of(messages, tools, true);
        assertThat(spelled).hasSize(4).noneMatch(message -> message.containsKey("tool_calls"));
        assertThat(String.valueOf(spelled.getFirst().get("content")))
                .startsWith("Be brief.\n\n")
                .contains("\"name\":\"now\"", "<tool_call>", "Does it");
        assertThat(spelled.get(2).get("content"))
                .isEqualTo("<tool_call>\n{\"name\": \"now\", \"arguments\": {\"zone\":\"UTC\"}}\n</tool_call>");
        assertThat(spelled.get(3))
                .isEqualTo(Map.of(
                        "role",
                        "user",
                        "content",
                        "<tool_response>\n12:00\n</tool_response>\n" + "<tool_response>\n13:00\n</tool_response>"));
        assertThat(Spelled.of(messages.subList(1, 2), tools, true)).hasSize(2);
        assertThat(Spelled.of(messages.subList(1, 2), tools, false)).hasSize(1);
        assertThat(Spelled.of(messages.subList(1, 2), List.of(), true)).isEqualTo(messages.subList(1, 2));
    }

    @Test
    void deepSeeksTemplatesGetTextAndADescription() {
        Map<String, Object> call = ToolMessages.call("c1", "now", RunningServer.JSON.readTree("{\"zone\":\"UTC\"}"));
        List<Map<String, Object>> messages = List.of(
                Map.of("role", "user", "content", "What time is it?"),
                Map.of("role", "assistant", "content", "", "tool_calls", List.of(call)));
        List<Map<String, Object>> all =
                DeepSeekMessages.of(messages, List.of(tool("now", "{}")), new ToolSyntax.DeepSeek(true));
        assertThat(all).hasSize(3);
        assertThat(all.getFirst())
                .containsEntry("role", "system")
                .extractingByKey("content")
                .asString()
                .contains("\"name\":\"now\"", ToolSyntax.DeepSeek.CALLS, "```json");
        assertThat(all.getLast())
                .containsEntry("content", null)
                .extractingByKey("tool_calls")
                .asString()
                .contains("arguments={\"zone\":\"UTC\"}");
        assertThat(DeepSeekMessages.of(messages.subList(0, 1), List.of(), new ToolSyntax.DeepSeek(false)))
                .isEqualTo(messages.subList(0, 1));
    }

    @Test
    void templatesAreToldToThinkByTheSwitchTheyHave() {
        Map<String, Object> none = Map.of("reasoning_effort", "none", "enable_thinking", false);
        Map<String, Object> high = Map.of("reasoning_effort", "high");
        assertThat(Conversation.switches("{{ messages }}", Map.of())).isEmpty();
        assertThat(Conversation.switches("{% if enable_thinking %}", high)).containsEntry("enable_thinking", true);
        assertThat(Conversation.switches("{% if enable_thinking %}", none)).containsEntry("enable_thinking", false);
        assertThat(Conversation.switches("{{ reasoning_effort }}", high)).isEqualTo(high);
        assertThat(Conversation.switches("{% if thinking %}", high)).containsEntry("thinking", true);
        assertThat(Conversation.switches("{% if not thinking is defined %}", none))
                .containsEntry("thinking", false);
        assertThat(Conversation.switches("{% if thinking %}", Map.of("enable_thinking", true, "thinking", false)))
                .containsEntry("thinking", false);
    }

    @Test
    void thoughtsAreFoundInTemplateAndPrompt() {
        assertThat(Thinking.of("", "<think>")).isEqualTo(Thinking.NONE);
        assertThat(Thinking.of("..</think>..", "assistant\n").state()).isEqualTo(Thinking.State.POSSIBLE);
        assertThat(Thinking.of("..</think>..", "assistant\n<think>\n").state()).isEqualTo(Thinking.State.BEGUN);
        assertThat(Thinking.of("..</think>..", "<think>\n\n</think>\n\n")).isEqualTo(Thinking.NONE);
        assertThat(Thinking.of("[THINK]..[/THINK]", "").ends()).isEqualTo("[/THINK]");
        assertThat(Optional.of(Thinking.of("</think>", "")).get().before(new Grammar.Literal("a")))
                .isInstanceOf(Grammar.OneOf.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'properties':{'a':{}}} | {'properties':{'a':{}},'additionalProperties':false}",
                "{'properties':{'a':{}},'additionalProperties':true} "
                        + "| {'properties':{'a':{}},'additionalProperties':true}",
                "{'items':{'properties':{'a':{}}}} | {'items':{'properties':{'a':{}},'additionalProperties':false}}",
                "{'anyOf':[{'properties':{'a':{}}}]} "
                        + "| {'anyOf':[{'properties':{'a':{}},'additionalProperties':false}]}",
                "{'type':'object'} | {'type':'object'}",
                "{'enum':[{'properties':{'a':1}}]} | {'enum':[{'properties':{'a':1}}]}",
                "{'allOf':[{'properties':{'a':{}}}]} | {'allOf':[{'properties':{'a':{}}}]}",
                "{'properties':{'a':{}},'required':['b']} | {'properties':{'a':{}},'required':['b']}",
                "{'properties':{'a':{}},'$ref':'#/$defs/b'} | {'properties':{'a':{}},'$ref':'#/$defs/b'}",
                "{'properties':{'not':{'properties':{'a':{}}}}} | {'properties':{'not':{'properties':{'a':{}},"
                        + "'additionalProperties':false}},'additionalProperties':false}",
            })
    void objectsHaveTheMembersThatAreNamed(String schema, String closed) {
        assertThat(ClosedSchema.of(RunningServer.JSON.readTree(schema.replace('\'', '"'))))
                .isEqualTo(RunningServer.JSON.readTree(closed.replace('\'', '"')));
    }
}
