package smelt.cli;

import java.util.Arrays;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import smelt.compiler.CacheType;

/** {@code --kv}, mixed into every command to which it matters how keys and values are kept. */
@Command
final class CacheOption {
    @Option(
            names = "--kv",
            paramLabel = "TYPE",
            defaultValue = "f16",
            converter = Converter.class,
            description = "How keys and values are kept: f16, or q8, which takes about half the memory and changes "
                    + "answers slightly; docs/benchmarking.md tells how much (default: ${DEFAULT-VALUE}).")
    private CacheType type = CacheType.F16;

    CacheType type() {
        return type;
    }

    static final class Converter implements ITypeConverter<CacheType> {
        @Override
        public CacheType convert(String text) {
            return Arrays.stream(CacheType.values())
                    .filter(type -> type.text().equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is no type: f16 and q8 are"));
        }
    }
}
