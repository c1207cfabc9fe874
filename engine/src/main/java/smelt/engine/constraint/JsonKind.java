package smelt.engine.constraint;

/** Which texts of JSON. */
public enum JsonKind {
    /** Any value. */
    VALUE,
    /** An object, with any members. */
    OBJECT
}
