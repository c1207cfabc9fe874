package smelt.clients;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Requests that are nearly right: a good body with fields that are odd, missing, doubled or cut off. */
final class BadBodies {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> ODD = List.of(
            "null",
            "true",
            "-1",
            "0",
            "1",
            "0.5",
            "1e308",
            "-1e-308",
            "9223372036854775808",
            "1" + "0".repeat(400),
            "NaN",
            "\"\"",
            "\"x\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"" + "long ".repeat(2000) + "\"",
            "[]",
            "{}",
            "[null]",
            "[[[]]]",
            "[\"a\", 1, {}]",
            "{\"a\": {\"b\": []}}",
            "{\"role\": \"user\"}",
            "[{\"role\": \"user\", \"content\": null}]",
            "[{\"role\": 5, \"content\": \"x\"}]",
            "[{\"type\": \"text\"}]",
            "{\"include_usage\": 7}",
            "{\"-1\": 5, \"99999999\": 100}",
            "[".repeat(3000) + "]".repeat(3000));

    private final Random random;

    BadBodies(long seed) {
        random = new Random(seed);
    }

    /** @param fields that the route knows, of which good bodies have some */
    byte[] next(String good, List<String> fields) {
        String body = good;
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            body = changed(body, fields);
        }
        return random.nextInt(4) == 0
                ? broken(body.getBytes(StandardCharsets.UTF_8))
                : body.getBytes(StandardCharsets.UTF_8);
    }

    private String changed(String body, List<String> fields) {
        String field = fields.get(random.nextInt(fields.size()));
        String odd = ODD.get(random.nextInt(ODD.size()));
        return switch (random.nextInt(4)) {
            case 0 -> without(body, field);
            case 1 -> with(body, field + "x", odd); // no route knows it
            default -> with(body, field, odd); // a second time, where it is there
        };
    }

    private static String with(String body, String field, String value) {
        return body.substring(0, body.length() - 1) + ", \"" + field + "\": " + value + "}";
    }

    private static String without(String body, String field) {
        try {
            ObjectNode object = (ObjectNode) JSON.readTree(body);
            object.remove(field);
            return object.isEmpty() ? body : object.toString();
        } catch (RuntimeException e) {
            return body; // it is broken already
        }
    }

    private byte[] broken(byte[] body) {
        byte[] bytes = body.clone();
        return switch (random.nextInt(3)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                yield bytes;
            }
            default -> {
                bytes[random.nextInt(bytes.length)] = (byte) (0x80 + random.nextInt(0x80));
                yield bytes;
            }
        };
    }
}
