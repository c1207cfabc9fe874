package smelt.tokenizer;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds added tokens in a text: leftmost first, of those the longest. */
final class AddedTokens {
    /** What lies between the tokens, and the tokens, in order. */
    interface Parts {
        void text(int[] text, int start, int end);

        void token(int id);
    }

    private final Trie trie = new Trie();
    private final Map<Integer, AddedToken> byId = new HashMap<>();

    AddedTokens(Collection<AddedToken> tokens) {
        for (AddedToken token : tokens) {
            if (!token.content().isEmpty()) {
                trie.add(token.content(), token.id());
                byId.put(token.id(), token);
            }
        }
    }

    void split(int[] text, int start, int end, boolean parseSpecial, Parts parts) {
        int done = start;
        int at = start;
        while (!trie.isEmpty() && at < end) {
            Match match = longest(text, at, end);
            if (match == null) {
                at++;
                continue;
            }
            at = match.end;
            if (applies(match, text, start, end, parseSpecial)) {
                int from = match.token.stripLeft() ? spacesBefore(text, done, match.start) : match.start;
                if (from > done) {
                    parts.text(text, done, from);
                }
                parts.token(match.token.id());
                done = match.token.stripRight() ? spacesBehind(text, match.end, end) : match.end;
                at = Math.max(at, done);
            }
        }
        if (done < end) {
            parts.text(text, done, end);
        }
    }

    private record Match(AddedToken token, int start, int end) {}

    private @Nullable Match longest(int[] text, int at, int end) {
        Match found = null;
        int node = Trie.ROOT;
        for (int i = at; i < end; i++) {
            node = trie.child(node, text[i]);
            if (node == Trie.NONE) {
                break;
            }
            AddedToken token = byId.get(trie.id(node));
            if (token != null) {
                found = new Match(token, at, i + 1);
            }
        }
        return found;
    }

    private static boolean applies(Match match, int[] text, int start, int end, boolean parseSpecial) {
        if (match.token.special() && !parseSpecial) {
            return false;
        }
        return !match.token.singleWord()
                || !((match.start > start && CodePoints.isWord(text[match.start - 1]))
                        || (match.end < end && CodePoints.isWord(text[match.end])));
    }

    private static int spacesBefore(int[] text, int least, int at) {
        int from = at;
        while (from > least && CodePointSet.WHITESPACE.contains(text[from - 1])) {
            from--;
        }
        return from;
    }

    private static int spacesBehind(int[] text, int at, int end) {
        int to = at;
        while (to < end && CodePointSet.WHITESPACE.contains(text[to])) {
            to++;
        }
        return to;
    }
}
