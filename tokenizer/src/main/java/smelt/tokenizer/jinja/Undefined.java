package smelt.tokenizer.jinja;

/** A name or key that has no value: prints as nothing, is false, is empty; any other use fails with {@code reason}. */
record Undefined(String reason) {
    static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    static Undefined attribute(Object owner, String name) {
        return new Undefined("'" + Values.typeName(owner) + " object' has no attribute '" + name + "'");
    }

    static Undefined element(Object owner) {
        return new Undefined(Values.typeName(owner) + " object has no such element");
    }

    Fault fault() {
        return Fault.of(reason);
    }
}
