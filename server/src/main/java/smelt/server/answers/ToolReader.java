package smelt.server.answers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import smelt.server.fields.Fields;
import smelt.server.generation.Serving;
import smelt.server.http.Json;
import smelt.server.http.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the tools of a request, and which of them may be called. */
public final class ToolReader {
    /** What stands in JSON and in marks without being escaped. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:/-]{1,128}");

    private final Serving.Limits limits;
    private final String field;
    private final List<Tool> tools = new ArrayList<>();

    /** @param field that has the tools */
    public ToolReader(Serving.Limits limits, String field) {
        this.limits = limits;
        this.field = field;
    }

    /**
     * Another function.
     *
     * @param where it stands
     * @param schema the name of what has its parameters
     * @throws Problem 400 that names the place
     */
    public void add(JsonNode function, String where, String schema) {
        if (tools.size() == limits.tools()) {
            throw Problem.invalid(field, field + " has more than " + limits.tools() + " tools");
        }
        if (!(function instanceof ObjectNode)) {
            throw Problem.invalid(where, where + " must be an object but is " + described(function));
        }
        String name = name(function.path("name"), where + ".name");
        if (tools.stream().anyMatch(tool -> tool.name().equals(name))) {
            throw Problem.invalid(where + ".name", where + ".name is " + name + ", as that of another tool");
        }
        JsonNode description = function.path("description");
        if (!description.isString() && !isNothing(description)) {
            throw Problem.invalid(
                    where + ".description",
                    where + ".description must be a string but is " + Fields.described(description));
        }
        String place = where + "." + schema;
        tools.add(new Tool(name, description.asString(""), parameters(function.path(schema), place), place));
    }

    private static String name(JsonNode name, String where) {
        if (!name.isString() || !NAME.matcher(name.stringValue()).matches()) {
            throw Problem.invalid(
                    where, where + " must be 1 to 128 letters, digits and _ . : / - but is " + described(name));
        }
        return name.stringValue();
    }

    private ObjectNode parameters(JsonNode schema, String place) {
        if (isNothing(schema)) {
            return Json.object();
        }
        Shape.checkSchema(schema, place, limits);
        if (schema instanceof ObjectNode object) {
            JsonNode type = object.path("type");
            if (type.isString() && !type.stringValue().equals("object")) {
                throw Problem.invalid(
                        place, place + ".type must be object, as arguments are, but is " + Fields.described(type));
            }
            return object;
        }
        throw Problem.invalid(place, place + " must be an object but is " + Fields.described(schema));
    }

    private static boolean isNothing(JsonNode value) {
        return value.isNull() || value.isMissingNode();
    }

    private static String described(JsonNode value) {
        return value.isMissingNode() ? "missing" : Fields.described(value);
    }

    public boolean isEmpty() {
        return tools.isEmpty();
    }

    /** All of them can be called. */
    public ToolUse all(ToolUse.Choice choice, boolean parallel) {
        return new ToolUse(tools, choice, tools, parallel);
    }

    /**
     * Some of them can be called.
     *
     * @param param that names them
     * @throws Problem 400 for a name that no tool has
     */
    public ToolUse some(List<String> names, String param, ToolUse.Choice choice, boolean parallel) {
        List<Tool> callable = names.stream()
                .distinct()
                .map(name -> tools.stream()
                        .filter(tool -> tool.name().equals(name))
                        .findFirst()
                        .orElseThrow(() ->
                                Problem.invalid(param, param + " names " + shortened(name) + ", which is no tool")))
                .toList();
        return new ToolUse(tools, choice, callable, parallel);
    }

    private static String shortened(String name) {
        return name.length() <= 60 ? name : name.substring(0, 60) + "...";
    }
}
