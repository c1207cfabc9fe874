package smelt.engine.constraint;

import java.util.List;
import java.util.Set;
import smelt.engine.constraint.Expr.Rule;

/**
 * Objects as schemas describe them: members in the order of the schema, those that are not required may be left out.
 */
final class ObjectTexts {
    private final SchemaLowering schemas;
    private final JsonText json;

    ObjectTexts(SchemaLowering schemas, JsonText json) {
        this.schemas = schemas;
        this.json = json;
    }

    Expr of(Shape shape) {
        Set<String> names = shape.names();
        List<Located> others = shape.otherMembers();
        boolean hasOthers = others.stream().noneMatch(ObjectTexts::isFalse);
        requireCountable(shape, names, hasOthers);
        Expr other = Expr.sequence(otherName(shape, names), JsonText.COLON, otherValue(shape, others));
        if (names.isEmpty()) {
            Expr members = SchemaLowering.list(other, shape.minProperties, shape.maxProperties);
            return Expr.sequence(Expr.text("{"), members, Expr.text("}"));
        }
        return chain(shape, List.copyOf(names), hasOthers ? other : Expr.NEVER);
    }

    private static boolean isFalse(Located schema) {
        return schema.node().isBoolean() && !schema.node().booleanValue();
    }

    /** A name may come twice in an object, so that what is written is not always what is counted. */
    private static void requireCountable(Shape shape, Set<String> names, boolean hasOthers) {
        Located at = shape.propertiesAt;
        if (at == null) {
            return;
        }
        boolean enough = shape.minProperties <= shape.required.size() || (names.isEmpty() && shape.minProperties == 1);
        if (!enough) {
            throw at.unsupported("minProperties", "beyond the number of required members");
        }
        boolean few = names.isEmpty() || (!hasOthers && names.size() <= shape.maxProperties);
        if (!few && shape.maxProperties < Integer.MAX_VALUE) {
            throw at.unsupported("maxProperties", "below the number of members that there may be");
        }
    }

    private Expr otherName(Shape shape, Set<String> names) {
        Shape.Members pattern = shape.objects.stream()
                .filter(members -> !members.patterns().isEmpty())
                .findFirst()
                .orElse(null);
        if (pattern != null) {
            boolean alone = shape.objects.size() == 1
                    && pattern.patterns().size() == 1
                    && names.isEmpty()
                    && shape.propertyNames.isEmpty()
                    && pattern.rest() != null
                    && isFalse(pattern.rest());
            if (!alone) {
                throw pattern.at().unsupported("patternProperties", "unless alone with additionalProperties: false");
            }
            return StringTexts.matching(pattern.patterns().getFirst(), pattern.at(), "patternProperties");
        }
        if (!shape.propertyNames.isEmpty()) {
            if (!names.isEmpty()) {
                throw shape.propertyNames.getFirst().unsupported("value", "beside properties or required");
            }
            return schemas.names(shape.propertyNames);
        }
        return names.isEmpty() ? Expr.call(json.string) : OtherNames.than(names);
    }

    private Expr otherValue(Shape shape, List<Located> others) {
        for (Shape.Members members : shape.objects) {
            if (!members.patterns().isEmpty()) {
                String pattern = members.patterns().getFirst();
                return schemas.value(List.of(members.at().child("patternProperties", pattern)));
            }
        }
        return schemas.value(others);
    }

    /**
     * For each member a rule of what may come from it on when some member must come, and one of what may come before it
     * when a member has come. Each ends with the object, so that calls of them need no stack.
     */
    private Expr chain(Shape shape, List<String> names, Expr other) {
        Rule next = new Rule("other members");
        Rule behind = new Rule("behind other members");
        next.define(Expr.sequence(other, Expr.call(behind)));
        behind.define(Expr.choice(Expr.text("}"), Expr.sequence(JsonText.COMMA, Expr.call(next))));
        boolean mayEnd = true;
        for (String name : names.reversed()) {
            Expr key = Expr.text(Values.quoted(name, shape.objects.isEmpty() ? shape.valuesAt : at(shape)));
            boolean required = shape.required.contains(name);
            Expr member = Expr.sequence(key, JsonText.COLON, schemas.value(shape.member(name)), Expr.call(behind));
            Expr from = required ? member : Expr.choice(member, Expr.call(next));
            next = new Rule("from " + name, from);
            mayEnd &= !required;
            Expr more = Expr.sequence(JsonText.COMMA, Expr.call(next));
            behind = new Rule("before " + name, mayEnd ? Expr.choice(Expr.text("}"), more) : more);
        }
        Expr members = Expr.call(next);
        return Expr.sequence(Expr.text("{"), mayEnd ? Expr.choice(Expr.text("}"), members) : members);
    }

    private static Located at(Shape shape) {
        return shape.objects.getFirst().at();
    }
}
