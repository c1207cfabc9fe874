package smelt.engine.constraint;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Schemas of all kinds, and what networknt's validator says of texts. */
final class Schemas {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private Schemas() {}

    static JsonNode parse(String schema) {
        return MAPPER.readTree(schema.replace('\'', '"'));
    }

    /** What is wrong with the text; empty where it is valid. */
    static String wrong(JsonNode schema, String written) {
        // it knows the top-level domains of today
        boolean isEmail = schema.path("format").asString("").equals("email");
        String text = isEmail ? written.replaceFirst("[.][a-zA-Z]+\"$", ".com\"") : written;
        Schema validator = REGISTRY.getSchema(schema);
        return validator
                .validate(
                        text,
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .toString()
                .replace("[]", "");
    }

    /** Schemas as people write them; single quotes stand for double ones. */
    static Map<String, JsonNode> ordinary() {
        Map<String, JsonNode> all = new TreeMap<>();
        String[] texts = {
            "{'type':'object','properties':{'name':{'type':'string'},'age':{'type':'integer'}},"
                    + "'required':['name','age'],'additionalProperties':false}",
            "{'type':'object','properties':{'a':{'type':'string'},'b':{'type':'number'},'c':{'type':'boolean'},"
                    + "'d':{'type':'null'}}}",
            "{'type':'object','properties':{'a':{'type':'string'},'ab':{},'':{'const':1}},'required':['ab']}",
            "{'type':['string','null'],'maxLength':5}",
            "{'type':'string','minLength':3,'maxLength':200}",
            "{'type':'string','minLength':100}",
            "{'type':'string','pattern':'^[A-Z]{2}-[0-9]{3,5}$'}",
            "{'type':'string','pattern':'b+[0-9]'}",
            "{'type':'string','pattern':'^(\\\\([0-9]{3}\\\\))?[0-9]{3}-[0-9]{4}$'}",
            "{'type':'string','pattern':'^[a-z ]+$','minLength':4,'maxLength':30}",
            "{'type':'string','pattern':'[\\\"x]\\\\\\\\','maxLength':6}",
            "{'type':'string','format':'date'}",
            "{'type':'string','format':'date-time'}",
            "{'type':'string','format':'time'}",
            "{'type':'string','format':'uuid'}",
            "{'type':'string','format':'email'}",
            "{'type':'string','format':'ipv4'}",
            "{'type':'string','format':'ipv6'}",
            "{'type':'string','format':'hostname'}",
            "{'type':'string','format':'duration'}",
            "{'type':'string','format':'uri','maxLength':40}",
            "{'type':'string','format':'uri','minLength':1,'maxLength':2083}",
            "{'type':'string','format':'hostname','maxLength':253}",
            "{'type':'string','pattern':'^[a-z]{1,30}$','maxLength':1000000}",
            "{'type':'integer','minimum':-17,'maximum':1234}",
            "{'type':'integer','exclusiveMinimum':99,'exclusiveMaximum':102}",
            "{'type':'integer','minimum':5}",
            "{'type':'integer','maximum':-5}",
            "{'type':'number','minimum':0,'maximum':1}",
            "{'type':'number','exclusiveMinimum':0.25,'maximum':2.5}",
            "{'type':'number','minimum':-1.5,'exclusiveMaximum':0}",
            "{'type':'number','minimum':-273.15}",
            "{'type':'number','exclusiveMaximum':-0.001}",
            "{'type':'number','minimum':0.1,'maximum':0.1}",
            "{'type':'integer','format':'int32'}",
            "{'enum':['red','green','blue',1,null,[1,2],{'a':'b'}]}",
            "{'type':'string','enum':['a','ab','abc'],'minLength':2}",
            "{'const':{'x':[true,'y']}}",
            "{'type':'integer','enum':[1,2,'3'],'maximum':1.5}",
            "{'type':'array','items':{'type':'integer'},'minItems':2,'maxItems':4}",
            "{'type':'array','items':{'type':'string','maxLength':3},'maxItems':60}",
            "{'type':'array','items':false}",
            "{'type':'array','prefixItems':[{'type':'string'},{'type':'integer'}],'items':false}",
            "{'type':'array','prefixItems':[{'type':'string'},{'type':'integer'}],'minItems':1}",
            "{'type':'array','prefixItems':[{'const':1}],'items':{'const':2},'minItems':3,'maxItems':5}",
            "{'type':'array','items':{'type':'array','items':{'type':'array','items':{'type':'boolean'}}}}",
            "{'anyOf':[{'type':'string','maxLength':2},{'type':'integer'},{'type':'array','maxItems':1}]}",
            "{'oneOf':[{'type':'string'},{'type':'integer'}]}",
            "{'oneOf':[{'type':'object','properties':{'kind':{'const':'a'},'x':{'type':'integer'}},"
                    + "'required':['kind','x']},{'type':'object','properties':{'kind':{'const':'b'}},"
                    + "'required':['kind']}]}",
            "{'oneOf':[{'type':'integer','maximum':3},{'type':'integer','minimum':4}]}",
            "{'allOf':[{'type':'object','properties':{'a':{'type':'string'}},'required':['a']},"
                    + "{'properties':{'b':{'type':'integer'}},'required':['b']}]}",
            "{'allOf':[{'type':'object','properties':{'a':{'type':'string'}},'additionalProperties':false},"
                    + "{'properties':{'a':{'maxLength':3},'b':{'type':'integer'}}}]}",
            "{'allOf':[{'minimum':3},{'maximum':7},{'type':'integer'}]}",
            "{'type':'object','properties':{'n':{'type':'integer'}},'required':['n'],"
                    + "'anyOf':[{'properties':{'n':{'minimum':10}}},{'properties':{'n':{'maximum':0}}}]}",
            "{'$defs':{'node':{'type':'object','properties':{'value':{'type':'integer'},'next':{'anyOf':["
                    + "{'$ref':'#/$defs/node'},{'type':'null'}]}},'required':['value','next'],"
                    + "'additionalProperties':false}},'$ref':'#/$defs/node'}",
            "{'type':'object','properties':{'children':{'type':'array','items':{'$ref':'#'}},"
                    + "'name':{'type':'string'}},'required':['name'],'additionalProperties':false}",
            "{'definitions':{'a b/c~d':{'type':'boolean'}},'$ref':'#/definitions/a%20b~1c~0d'}",
            "{'type':'object','additionalProperties':{'type':'integer'}}",
            "{'type':'object','additionalProperties':{'type':'integer'},'maxProperties':2,'minProperties':1}",
            "{'type':'object','required':['x','y']}",
            "{'type':'object','properties':{'x':{'type':'integer'}},'additionalProperties':{'type':'string'}}",
            "{'type':'object','patternProperties':{'^[a-z]{1,3}$':{'type':'boolean'}},'additionalProperties':false}",
            "{'type':'object','propertyNames':{'pattern':'^x[0-9]*$'},'additionalProperties':{'type':'null'}}",
            "{'type':'object','propertyNames':{'enum':['a','b']}}",
            "{'type':'object'}",
            "{'type':'array'}",
            "{}",
            "true",
            "{'title':'T','description':'D','default':3,'examples':[1],'$comment':'c','x-own':1,'type':'boolean'}",
            "{'properties':{'a':{'minLength':1},'b':{'minimum':0},'c':{'items':{'const':0}}},'required':['a','b','c'],"
                    + "'additionalProperties':false}",
            "{'type':'object','properties':{'\\u00e9\\\"\\\\\\n':{'type':'integer'},'日本':{'const':'é'}},"
                    + "'required':['日本'],'additionalProperties':{'type':'boolean'}}",
            "{'type':['integer','string','null','boolean'],'minLength':2,'maxLength':2}"
        };
        for (int i = 0; i < texts.length; i++) {
            all.put(String.format("%02d", i), parse(texts[i]));
        }
        return all;
    }

    /** A random schema of what is understood. */
    static JsonNode random(Random random, int depth) {
        ObjectNode schema = MAPPER.createObjectNode();
        switch (random.nextInt(depth == 0 ? 6 : 11)) {
            case 0 -> schema.put("type", random.nextBoolean() ? "boolean" : "null");
            case 1 -> integers(random, schema.put("type", "integer"));
            case 2 -> numbers(random, schema.put("type", "number"));
            case 3, 4 -> strings(random, schema.put("type", "string"));
            case 5 -> schema.putArray("enum").add("x").add(random.nextInt(5)).add(random.nextBoolean());
            case 6, 7 -> array(random, depth, schema.put("type", "array"));
            case 8 -> {
                ArrayNode branches = schema.putArray(random.nextInt(3) == 0 ? "allOf" : "anyOf");
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    branches.add(random(random, depth - 1));
                }
            }
            default -> object(random, depth, schema.put("type", "object"));
        }
        return schema;
    }

    private static void integers(Random random, ObjectNode schema) {
        int low = random.nextInt(4000) - 2000;
        if (random.nextBoolean()) {
            schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", low);
        }
        if (random.nextBoolean()) {
            schema.put(random.nextBoolean() ? "maximum" : "exclusiveMaximum", low + 2 + random.nextInt(300));
        }
    }

    private static void numbers(Random random, ObjectNode schema) {
        double low = (random.nextInt(4000) - 2000) / Math.pow(10, random.nextInt(4));
        if (random.nextBoolean()) {
            schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", low);
        }
        if (random.nextBoolean()) {
            double high = Math.rint((low + 0.01 + random.nextInt(50)) * 1000) / 1000;
            schema.put(random.nextBoolean() ? "maximum" : "exclusiveMaximum", high);
        }
    }

    private static void strings(Random random, ObjectNode schema) {
        int least = random.nextInt(6);
        if (random.nextBoolean()) {
            schema.put("minLength", least);
        }
        if (random.nextBoolean()) {
            schema.put("maxLength", least + random.nextInt(90));
        }
        List<String> patterns = List.of("a.*b", "^[a-z]*$", "^x?[0-9]{0,40}", "é|日", "(ab)+$");
        if (random.nextInt(3) == 0) {
            schema.put("pattern", patterns.get(random.nextInt(patterns.size())));
        }
    }

    private static void array(Random random, int depth, ObjectNode schema) {
        int least = random.nextInt(3);
        if (random.nextInt(4) > 0) {
            schema.set("items", random(random, depth - 1));
        }
        if (random.nextInt(4) == 0) {
            schema.putArray("prefixItems").add(random(random, depth - 1)).add(random(random, depth - 1));
        }
        if (random.nextBoolean()) {
            schema.put("minItems", least);
        }
        if (random.nextBoolean()) {
            schema.put("maxItems", least + random.nextInt(5));
        }
    }

    private static void object(Random random, int depth, ObjectNode schema) {
        ObjectNode properties = schema.putObject("properties");
        List<String> names = new ArrayList<>(List.of("a", "ab", "name", "é", "x\"y"));
        ArrayNode required = schema.putArray("required");
        for (String name : names) {
            if (random.nextBoolean()) {
                properties.set(name, random(random, depth - 1));
            }
            if (random.nextInt(3) == 0) {
                required.add(name);
            }
        }
        switch (random.nextInt(4)) {
            case 0 -> {}
            case 1 -> schema.set("additionalProperties", random(random, depth - 1));
            default ->
                schema.put(
                        "additionalProperties",
                        required.valueStream().anyMatch(name -> !properties.has(name.asString())));
        }
    }
}
