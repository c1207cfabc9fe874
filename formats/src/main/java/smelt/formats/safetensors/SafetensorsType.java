package smelt.formats.safetensors;

import java.util.Map;
import smelt.base.DType;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Element types by their name in the header. Unsigned types and BOOL are given as the signed type of their width. */
final class SafetensorsType {
    private static final Map<String, DType> TYPES = Map.ofEntries(
            Map.entry("F64", DType.F64),
            Map.entry("F32", DType.F32),
            Map.entry("F16", DType.F16),
            Map.entry("BF16", DType.BF16),
            Map.entry("I64", DType.I64),
            Map.entry("I32", DType.I32),
            Map.entry("I16", DType.I16),
            Map.entry("I8", DType.I8),
            Map.entry("U64", DType.I64),
            Map.entry("U32", DType.I32),
            Map.entry("U16", DType.I16),
            Map.entry("U8", DType.I8),
            Map.entry("BOOL", DType.I8));

    private SafetensorsType() {}

    static DType of(String name) {
        DType type = TYPES.get(name);
        if (type != null) {
            return type;
        }
        if (name.startsWith("F8") || name.startsWith("F6") || name.startsWith("F4")) {
            throw Failure.of(FailureCode.UNSUPPORTED, "Element type " + name + " is not supported yet")
                    .withNextStep(ModelConfig.NEXT_STEP);
        }
        throw Failure.of(FailureCode.UNSUPPORTED, "Element type " + smelt.formats.Names.quoted(name) + " is not known");
    }

    /** The name of a type that safetensors has. */
    static String name(DType type) {
        return switch (type) {
            case F64, F32, F16, BF16, I64, I32, I16, I8 -> type.name();
            default ->
                throw Failure.of(FailureCode.INVALID_ARGUMENT, "Safetensors files have no element type " + type)
                        .withNextStep("decode the tensor first, or write a GGUF file");
        };
    }
}
