package smelt.tokenizer.jinja;

import org.jspecify.annotations.Nullable;

/** Operators with their binding power: the higher, the tighter. */
enum Operator {
    OR("or", 1),
    AND("and", 2),
    NOT("not", 3),
    EQUAL("==", 4),
    UNEQUAL("!=", 4),
    LESS("<", 4),
    LESS_EQUAL("<=", 4),
    GREATER(">", 4),
    GREATER_EQUAL(">=", 4),
    IN("in", 4),
    NOT_IN("not in", 4),
    ADD("+", 5),
    SUBTRACT("-", 5),
    CONCAT("~", 6),
    MULTIPLY("*", 7),
    DIVIDE("/", 7),
    FLOOR_DIVIDE("//", 7),
    MODULO("%", 7),
    POWER("**", 8);

    static final int LOOSEST = 1;
    static final int COMPARISON = 4;

    private final String symbol;
    private final int power;

    Operator(String symbol, int power) {
        this.symbol = symbol;
        this.power = power;
    }

    String symbol() {
        return symbol;
    }

    int power() {
        return power;
    }

    boolean isComparison() {
        return power == COMPARISON;
    }

    /** The operator that stands between two operands and starts with {@code token}. */
    static @Nullable Operator infix(Token token, Token after) {
        if (token.isName("not")) {
            return after.isName("in") ? NOT_IN : null;
        }
        if (token.kind() != Token.Kind.NAME && token.kind() != Token.Kind.OPERATOR) {
            return null;
        }
        for (Operator operator : values()) {
            if (operator.symbol.equals(token.text())) {
                return operator;
            }
        }
        return null;
    }
}
