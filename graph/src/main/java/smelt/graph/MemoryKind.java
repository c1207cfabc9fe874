package smelt.graph;

/** How a {@link Op#LOAD} or {@link Op#STORE} reads or writes memory; little endian, no alignment asked for. */
public enum MemoryKind {
    /** 16 f32. */
    F32(Type.Value.F32X16, 64),
    /** 16 f16, widened exactly; stored rounding to nearest even. */
    F16(Type.Value.F32X16, 32),
    /** 16 bf16, widened exactly; load only. */
    BF16(Type.Value.F32X16, 32),
    /** 16 i32. */
    I32(Type.Value.I32X16, 64),
    /** 16 bytes as unsigned lanes; stores the low byte of each lane. */
    U8(Type.Value.I32X16, 16),
    /** 16 bytes as signed lanes; load only. */
    S8(Type.Value.I32X16, 16),
    /** 64 bytes. */
    I8(Type.Value.I8X64, 64),
    /** One f32 into every lane; stores lane 0. */
    ONE_F32(Type.Value.F32X16, 4),
    /** One i32 into every lane; stores lane 0. */
    ONE_I32(Type.Value.I32X16, 4),
    /** Stores lane 0 as f16; a load gives it in every lane. */
    ONE_F16(Type.Value.F32X16, 2),
    /** Stores the low byte of lane 0; store only. */
    ONE_U8(Type.Value.I32X16, 1),
    /** Four bytes repeated 16 times; load only. */
    ONE_I8X4(Type.Value.I8X64, 4),
    /** A 32-bit integer, sign-extended; stores the low 32 bits. */
    WORD(Type.Value.I64, 4),
    /** A 64-bit integer. */
    LONG(Type.Value.I64, 8);

    private final Type.Value type;
    private final int bytes;

    MemoryKind(Type.Value type, int bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    public Type.Value type() {
        return type;
    }

    /** Bytes touched. */
    public int bytes() {
        return bytes;
    }
}
