package smelt.graph;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one node of the IR, from a model's graph to the instructions of a kernel. Made only by {@link Graph}, which
 * interns: within one graph two nodes are equal exactly if they are the same object.
 */
public final class Node {
    private final Op op;
    private final List<Node> inputs;
    private final Attr attr;
    private final Type type;
    private @Nullable String key;

    Node(Op op, List<Node> inputs, Attr attr, Type type) {
        this.op = op;
        this.inputs = inputs;
        this.attr = attr;
        this.type = type;
    }

    public Op op() {
        return op;
    }

    public List<Node> inputs() {
        return inputs;
    }

    public Node input(int index) {
        return inputs.get(index);
    }

    public Attr attr() {
        return attr;
    }

    /** The attribute as the type that this operation carries. */
    public <A extends Attr> A attr(Class<A> kind) {
        return kind.cast(attr);
    }

    public Type type() {
        return type;
    }

    /** Columns of a node of rows. */
    public int width() {
        return switch (type) {
            case Type.Rows rows -> rows.width();
            case Type.Quantised quantised -> quantised.width();
            case Type.Weight weight -> weight.columns();
            case Type.Value value -> throw new IllegalStateException("no rows: " + value);
            case Type.Effect effect -> throw new IllegalStateException("no rows: " + effect);
        };
    }

    /** This node and all that it is made of, each once, inputs before what reads them. */
    public Collection<Node> expression() {
        Set<Node> seen = new LinkedHashSet<>();
        collect(seen);
        return seen;
    }

    private void collect(Set<Node> seen) {
        if (!seen.contains(this)) {
            inputs.forEach(input -> input.collect(seen));
            seen.add(this);
        }
    }

    /** A digest of the whole expression, the same in every process: the key of caches. */
    public String key() {
        String known = key;
        if (known == null) {
            known = digest();
            key = known;
        }
        return known;
    }

    private String digest() {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update((op + "|" + attr + "|" + type).getBytes(StandardCharsets.UTF_8));
            for (Node input : inputs) {
                sha.update(input.key().getBytes(StandardCharsets.US_ASCII));
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return op + (attr == Attr.None.NONE ? "" : " " + attr) + " : " + type;
    }
}
