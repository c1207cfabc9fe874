package smelt.engine.constraint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.tokenizer.Tokenizer;

/** Compiles grammars for one vocabulary, and keeps those that were used last. Safe for several threads. */
public final class Constraints {
    private static final int MOST_KEPT = 32;
    private static final int MOST_NODES = 400_000;

    private final Supplier<Vocabulary> read;
    private final Map<Grammar, Constraint> kept = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable Vocabulary vocabulary;

    private Constraints(Supplier<Vocabulary> read) {
        this.read = read;
    }

    /** For the tokens of {@code tokenizer}, which are read when they are needed first. */
    public static Constraints of(Tokenizer tokenizer) {
        return new Constraints(() -> Vocabulary.of(tokenizer));
    }

    /** For tokens that write these bytes; those that write none are control tokens. */
    public static Constraints of(byte[][] texts) {
        return new Constraints(() -> Vocabulary.of(texts));
    }

    /**
     * The grammar for this vocabulary.
     *
     * @throws Failure as {@link Constraint} tells
     */
    public Constraint compile(Grammar grammar) {
        synchronized (kept) {
            Constraint known = kept.get(grammar);
            if (known != null) {
                return known;
            }
        }
        Constraint made = Constraint.compile(grammar, vocabulary());
        synchronized (kept) {
            kept.put(grammar, made);
            shrink();
        }
        return made;
    }

    private synchronized Vocabulary vocabulary() {
        Vocabulary known = vocabulary;
        if (known == null) {
            known = read.get();
            vocabulary = known;
        }
        return known;
    }

    private void shrink() {
        long nodes = kept.values().stream().mapToLong(Constraint::nodes).sum();
        while (kept.size() > MOST_KEPT || (nodes > MOST_NODES && kept.size() > 1)) {
            Map.Entry<Grammar, Constraint> oldest = kept.entrySet().iterator().next();
            nodes -= oldest.getValue().nodes();
            kept.remove(oldest.getKey());
        }
    }
}
