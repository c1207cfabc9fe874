package smelt.tokenizer.jinja;

import java.util.List;
import java.util.Map;

/** What stands behind {@code is}. */
final class TestFunctions {
    private TestFunctions() {}

    static boolean apply(String name, Object value, Arguments arguments, Budget budget) {
        return switch (name) {
            case "divisibleby" -> {
                Object rest = Arithmetic.apply(Operator.MODULO, value, operand(name, arguments), budget);
                yield Comparison.equal(rest, 0L, budget);
            }
            case "in" -> Comparison.contains(operand(name, arguments), value, budget);
            case "sameas" -> same(value, operand(name, arguments));
            case "==", "eq", "equalto" -> Comparison.equal(value, operand(name, arguments), budget);
            case "!=", "ne" -> !Comparison.equal(value, operand(name, arguments), budget);
            case "<", "lt", "lessthan" -> ordered(Operator.LESS, name, value, arguments, budget);
            case "<=", "le" -> ordered(Operator.LESS_EQUAL, name, value, arguments, budget);
            case ">", "gt", "greaterthan" -> ordered(Operator.GREATER, name, value, arguments, budget);
            case ">=", "ge" -> ordered(Operator.GREATER_EQUAL, name, value, arguments, budget);
            default -> {
                arguments.bind(name);
                yield simple(name, value, budget);
            }
        };
    }

    private static Object operand(String name, Arguments arguments) {
        return arguments.bind(name, "other").required("other");
    }

    private static boolean ordered(Operator operator, String name, Object value, Arguments arguments, Budget budget) {
        return Comparison.ordered(operator, value, operand(name, arguments), budget);
    }

    private static boolean same(Object left, Object right) {
        boolean scalars = Values.typeName(left).equals(Values.typeName(right))
                && !(left instanceof List<?>)
                && !(left instanceof Map<?, ?>);
        return scalars ? left.equals(right) : left == right;
    }

    private static boolean simple(String name, Object value, Budget budget) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == None.NONE;
            case "boolean" -> value instanceof Boolean;
            case "true" -> value.equals(true);
            case "false" -> value.equals(false);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "number" -> Comparison.isNumber(value);
            case "string" -> Values.isString(value);
            case "mapping" -> value instanceof Map<?, ?>;
            case "sequence" ->
                value instanceof List<?>
                        || value instanceof Map<?, ?>
                        || Values.isString(value)
                        || value instanceof Undefined;
            case "iterable" -> Values.isIterable(value);
            case "callable" -> value instanceof Callable || value instanceof Undefined;
            case "escaped" -> value instanceof Markup;
            case "lower" -> Text.isAllCase(Repr.text(value, budget), false);
            case "upper" -> Text.isAllCase(Repr.text(value, budget), true);
            case "odd" -> parity(value, budget) == 1;
            case "even" -> parity(value, budget) == 0;
            case "filter" -> Values.isString(value) && Filters.find(Values.string(value, "")) != null;
            case "test" -> Values.isString(value) && exists(Values.string(value, ""), budget);
            default -> throw Fault.of("No test named '" + name + "'");
        };
    }

    private static double parity(Object value, Budget budget) {
        return Arithmetic.toDouble(Arithmetic.apply(Operator.MODULO, value, 2L, budget));
    }

    private static boolean exists(String name, Budget budget) {
        if (List.of("divisibleby", "in", "sameas", "==", "eq", "equalto", "!=", "ne", "<", "lt", "lessthan", "<=", "le")
                        .contains(name)
                || List.of(">", "gt", "greaterthan", ">=", "ge").contains(name)) {
            return true;
        }
        try {
            simple(name, 0L, budget);
            return true;
        } catch (Fault unknown) {
            return false;
        }
    }
}
