package smelt.cli;

import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import smelt.tokenizer.Tokenizer;

/** {@code smelt tokenize}. */
@Command(
        name = "tokenize",
        header = "Turn text into token ids, or ids into text.",
        descriptionHeading = "%n",
        description = "Prints each id with its piece. The model's weights are not needed: a vocabulary will do.",
        parameterListHeading = "%n",
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt tokenize smollm2 --text \"Hello, world\"",
            "  smelt tokenize smollm2 --file story.txt --json",
            "  cat story.txt | smelt tokenize smollm2 --file - --json | jq .count",
            "  smelt tokenize smollm2 --tokens 19556,28,905"
        })
final class TokenizeCommand implements Callable<Integer> {
    /** Where the input comes from: exactly one of these. */
    static final class Input {
        @Option(names = "--text", paramLabel = "TEXT", description = "The text itself.")
        @Nullable
        String text;

        @Option(names = "--file", paramLabel = "FILE", description = "A UTF-8 file; - reads standard input.")
        @Nullable
        String file;

        @Option(
                names = "--tokens",
                paramLabel = "IDS",
                converter = TokenIds.Converter.class,
                description = "Ids to turn back into text, such as 1,2,3.")
        @Nullable
        TokenIds tokens;
    }

    private record Tokenized(String model, int count, List<Integer> ids, List<String> pieces, String text) {}

    @ArgGroup(multiplicity = "1")
    Input input = new Input();

    @Option(names = "--no-bos", description = "Add no begin or end token, even where the model wants one.")
    boolean noBos;

    @Option(names = "--no-parse-special", description = "Take <|...|> in the text as plain text.")
    boolean noParseSpecial;

    @Option(names = "--json", description = "Print ids and pieces as JSON.")
    boolean json;

    @Mixin
    ModelArgument model = new ModelArgument();

    @Mixin
    HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Path path = model.resolve(spec.commandLine().getErr()).path();
        Tokenizer tokenizer = Vocabularies.at(path);
        int[] ids = ids(tokenizer);
        List<String> pieces = Arrays.stream(ids).mapToObj(tokenizer::piece).toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            String text = tokenizer.decode(ids, true);
            out.println(Json.pretty(new Tokenized(
                    model.name, ids.length, Arrays.stream(ids).boxed().toList(), pieces, text)));
        } else if (input.tokens != null) {
            out.println(tokenizer.decode(ids, true));
        } else {
            Table table = new Table(">ID", "PIECE", "TEXT");
            for (int i = 0; i < ids.length; i++) {
                table.row(Integer.toString(ids[i]), visible(pieces.get(i)), text(tokenizer.bytes(ids[i], true)));
            }
            out.print(table);
        }
        return 0;
    }

    private int[] ids(Tokenizer tokenizer) {
        if (input.tokens != null) {
            int[] ids = input.tokens.ids();
            for (int id : ids) {
                tokenizer.bytes(id, true); // refuses ids outside the vocabulary
            }
            return ids;
        }
        return tokenizer.encode(text(), !noBos, !noParseSpecial);
    }

    private String text() {
        if (input.text != null) {
            return input.text;
        }
        return TextInput.read(String.valueOf(input.file));
    }

    /** Quoted; as hexadecimal bytes where they are no whole characters. */
    private static String text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return '"' + visible(text) + '"';
        } catch (CharacterCodingException e) {
            return "<" + HexFormat.ofDelimiter(" ").formatHex(bytes) + ">";
        }
    }

    /** Control characters, which would spoil the terminal, as escapes. */
    private static String visible(String piece) {
        StringBuilder text = new StringBuilder();
        piece.codePoints()
                .forEach(c ->
                        text.append(Character.isISOControl(c) ? String.format("\\u%04x", c) : Character.toString(c)));
        return text.toString();
    }
}
