package smelt.engine.constraint;

/**
 * How many characters the texts of a pattern have.
 *
 * @param most {@code Integer.MAX_VALUE} for that many and more
 */
record Lengths(long least, long most) {
    private static final long MANY = Integer.MAX_VALUE;
    private static final Lengths NONE = new Lengths(0, 0);
    private static final Lengths ANY = new Lengths(0, MANY);

    /** Products of two of these do not overflow. */
    Lengths {
        least = Math.min(least, MANY);
        most = Math.min(most, MANY);
    }

    /** Of an expression of characters. */
    static Lengths of(Expr pattern) {
        return switch (pattern) {
            case Expr.Chars chars -> new Lengths(1, 1);
            case Expr.Sequence sequence ->
                sequence.parts().stream().map(Lengths::of).reduce(NONE, Lengths::then);
            case Expr.Choice choice ->
                choice.choices().stream().map(Lengths::of).reduce(Lengths::or).orElse(NONE);
            case Expr.Repeat repeat -> of(repeat.part()).times(repeat.least(), repeat.most());
            case Expr.Text text -> ANY;
            case Expr.Graph graph -> ANY;
            case Expr.Call call -> ANY;
        };
    }

    boolean isWithin(int from, int to) {
        return least >= from && most <= to;
    }

    private Lengths then(Lengths next) {
        return new Lengths(least + next.least, most + next.most);
    }

    private Lengths or(Lengths other) {
        return new Lengths(Math.min(least, other.least), Math.max(most, other.most));
    }

    private Lengths times(int from, int to) {
        return new Lengths(least * from, most * to);
    }
}
