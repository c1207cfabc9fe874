package smelt.engine.constraint;

import java.util.List;

/**
 * A grammar as nodes between which text leads. Regular parts are nodes alone; calls (of rules, which may call
 * themselves) and counts need a stack beside.
 *
 * @param nodes by id; node {@link #END} is where every rule ends
 * @param start where text begins
 */
record Network(List<Node> nodes, int start) {
    static final int END = 0;

    Node node(int id) {
        return nodes.get(id);
    }
}
