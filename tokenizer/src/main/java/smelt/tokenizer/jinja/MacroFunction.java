package smelt.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A macro, or the body of a call block, with the scope it was defined in. */
final class MacroFunction implements Callable {
    private final Statement.Macro macro;
    private final Scope definedIn;
    private final Interpreter interpreter;

    MacroFunction(Statement.Macro macro, Scope definedIn, Interpreter interpreter) {
        this.macro = macro;
        this.definedIn = definedIn;
        this.interpreter = interpreter;
    }

    @Override
    public Object call(Arguments arguments) {
        Scope scope = definedIn.inner();
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        List<String> parameters = macro.parameters();
        int given = Math.min(parameters.size(), arguments.positional().size());
        List<Object> values = new ArrayList<>(arguments.positional().subList(0, given));
        for (int i = given; i < parameters.size(); i++) {
            Object value = named.remove(parameters.get(i));
            values.add(value == null ? Missing.VALUE : value);
        }
        if (macro.usesCaller()) {
            Object caller = named.remove("caller");
            scope.set("caller", caller == null ? new Undefined("No caller defined") : caller);
        }
        surplus(arguments, named, given, scope);
        bind(values, scope);
        return interpreter.capture(macro.body(), scope);
    }

    private enum Missing {
        VALUE
    }

    private void surplus(Arguments arguments, Map<String, Object> named, int given, Scope scope) {
        if (macro.usesKeywords()) {
            scope.set("kwargs", named);
        } else if (!named.isEmpty()) {
            throw Fault.of("macro '" + macro.name() + "' takes no keyword argument '"
                    + named.keySet().iterator().next() + "'");
        }
        List<Object> rest =
                arguments.positional().subList(given, arguments.positional().size());
        if (macro.usesRest()) {
            scope.set("varargs", new Tuple(rest));
        } else if (!rest.isEmpty()) {
            throw Fault.of("macro '" + macro.name() + "' takes not more than "
                    + macro.parameters().size() + " argument(s)");
        }
    }

    /** Defaults are evaluated here, where they see the parameters before them. */
    private void bind(List<Object> values, Scope scope) {
        int firstDefault = macro.parameters().size() - macro.defaults().size();
        for (int i = 0; i < values.size(); i++) {
            String name = macro.parameters().get(i);
            Object value = values.get(i);
            if (value == Missing.VALUE) {
                value = i < firstDefault
                        ? new Undefined("parameter '" + name + "' was not provided")
                        : interpreter.evaluate(macro.defaults().get(i - firstDefault), scope);
            }
            scope.set(name, value);
        }
    }

    @Nullable
    Object member(String name) {
        return switch (name) {
            case "name" -> macro.name();
            case "arguments" -> new Tuple(new ArrayList<>(macro.parameters()));
            case "caller" -> macro.usesCaller();
            case "catch_kwargs" -> macro.usesKeywords();
            case "catch_varargs" -> macro.usesRest();
            default -> null;
        };
    }

    @Override
    public String describe() {
        return "<Macro '" + macro.name() + "'>";
    }
}
