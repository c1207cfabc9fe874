package smelt.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the reference libraries made of fixed and random texts. */
final class Goldens {
    private static final Goldens ALL = new Goldens(read("goldens.json"));

    private final JsonNode root;
    private final BitSet later = new BitSet();
    private final List<String> texts;
    private final List<String> randomTexts;
    /** The same without code points that parts of the reference libraries do not know yet. */
    private final List<String> olderTexts;

    private Goldens(JsonNode root) {
        this.root = root;
        this.texts = strings(root.path("texts"));
        for (JsonNode range : root.path("later")) {
            later.set(range.path(0).intValue(), range.path(1).intValue() + 1);
        }
        this.randomTexts = RandomTexts.of(
                root.path("seed").longValue(), root.path("strings").intValue(), strings(root.path("fragments")));
        this.olderTexts = randomTexts.stream().map(this::older).toList();
    }

    private String older(String text) {
        StringBuilder older = new StringBuilder();
        text.codePoints().forEach(cp -> older.appendCodePoint(later.get(cp) ? '~' : cp));
        return older.toString();
    }

    static Goldens all() {
        return ALL;
    }

    static JsonNode read(String name) {
        return JsonMapper.builder().build().readTree(bytes(name));
    }

    static byte[] bytes(String name) {
        try (InputStream in = Objects.requireNonNull(Goldens.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> strings(JsonNode list) {
        return list.valueStream().map(JsonNode::stringValue).toList();
    }

    /** Fixed and random texts without the added tokens that strip or need a single word, which GGUF cannot say. */
    List<String> plainTexts() {
        return Stream.concat(texts.stream(), randomTexts.stream())
                .filter(text -> Stream.of("<mask>", "camelCase", "Server").noneMatch(text::contains))
                .toList();
    }

    List<JsonNode> cases(String group) {
        return root.path(group).valueStream().toList();
    }

    JsonNode model(String name) {
        return root.path("models").path(name);
    }

    /** The whole tokenizer.json of a case, with its vocabulary put back. */
    JsonNode tokenizerJson(JsonNode golden) {
        ObjectNode tokenizer = (ObjectNode) golden.path("tokenizer").deepCopy();
        ObjectNode model = (ObjectNode) tokenizer.path("model");
        JsonNode vocabulary = model(model.path("of").stringValue());
        model.set("vocab", vocabulary.path("vocab"));
        if (vocabulary.has("merges")) {
            model.set("merges", vocabulary.path("merges"));
        }
        return tokenizer;
    }

    void compare(Tokenizer tokenizer, JsonNode golden, boolean special) {
        SoftAssertions softly = new SoftAssertions();
        for (int i = 0; i < texts.size(); i++) {
            int[] ids = tokenizer.encode(texts.get(i), special, special);
            softly.assertThat(ids)
                    .as("'%s'", texts.get(i))
                    .isEqualTo(ids(golden.path("ids").path(i)));
            if (special || isRestorable(texts.get(i), golden.path("decoded").path(i))) {
                softly.assertThat(tokenizer.decode(ids(golden.path("ids").path(i)), false))
                        .as("decoded '%s'", texts.get(i))
                        .isEqualTo(golden.path("decoded").path(i).stringValue());
            }
        }
        List<String> random = golden.path("older").booleanValue(false) ? olderTexts : randomTexts;
        compareDump(tokenizer, golden, special, random, softly);
        softly.assertThat(digest(tokenizer, special, random))
                .as("digest of the random strings")
                .isEqualTo(golden.path("sha256").stringValue());
        softly.assertAll();
    }

    /** The sentencepiece library writes unknown characters as a symbol of its own and takes U+2581 for a space. */
    private static boolean isRestorable(String text, JsonNode decoded) {
        return !text.contains("\u2581") && !decoded.stringValue().contains("\u2047");
    }

    /** For finding out what differs: the oracle's second argument is a folder of all ids. */
    private void compareDump(
            Tokenizer tokenizer, JsonNode golden, boolean special, List<String> random, SoftAssertions softly) {
        @Nullable String folder = System.getenv("SMELT_TOKENIZER_DUMP");
        if (folder == null) {
            return;
        }
        try {
            JsonNode dump = JsonMapper.builder()
                    .build()
                    .readTree(Files.readAllBytes(
                            Path.of(folder, golden.path("name").stringValue() + ".json")));
            int wrong = 0;
            for (int i = 0; i < random.size() && wrong < 5; i++) {
                int[] actual = tokenizer.encode(random.get(i), special, special);
                if (!java.util.Arrays.equals(actual, ids(dump.path(i)))) {
                    wrong++;
                    softly.assertThat(actual)
                            .as("random %d '%s'", i, escaped(random.get(i)))
                            .isEqualTo(ids(dump.path(i)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .forEach(cp ->
                        out.append(cp > 32 && cp < 127 ? Character.toString(cp) : "{" + Integer.toHexString(cp) + "}"));
        return out.toString();
    }

    private String digest(Tokenizer tokenizer, boolean special, List<String> random) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String text : random) {
                int[] ids = tokenizer.encode(text, special, special);
                ByteBuffer bytes = ByteBuffer.allocate(ids.length * 4 + 4).order(ByteOrder.LITTLE_ENDIAN);
                for (int id : ids) {
                    bytes.putInt(id);
                }
                sha.update(bytes.putInt(-1).array());
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static int[] ids(JsonNode list) {
        return list.valueStream().mapToInt(JsonNode::intValue).toArray();
    }
}
