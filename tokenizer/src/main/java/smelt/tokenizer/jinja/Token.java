package smelt.tokenizer.jinja;

/**
 * @param text what the parser compares: a name, an operator, unescaped string or template text
 * @param value of a number: Long or Double; else the text
 * @param position offset in the normalised source
 */
record Token(Kind kind, String text, Object value, int position) {
    enum Kind {
        DATA,
        VARIABLE_BEGIN,
        VARIABLE_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        NUMBER,
        OPERATOR,
        END
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    String describe() {
        return switch (kind) {
            case DATA -> "template text";
            case VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END -> text;
            case NAME, OPERATOR -> "'" + text + "'";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case END -> "the end of the template";
        };
    }
}
