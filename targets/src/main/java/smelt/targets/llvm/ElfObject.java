package smelt.targets.llvm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import smelt.base.Failure;
import smelt.base.FailureCode;

/**
 * The symbols of a 64-bit little-endian ELF relocatable file.
 *
 * @param functions size in bytes of each global function that it defines
 * @param data names of the global variables that it defines
 * @param undefined names that it wants from elsewhere
 */
record ElfObject(Map<String, Long> functions, Set<String> data, Set<String> undefined) {
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MAGIC = 0x464C_457F;
    private static final int SECTION_HEADER = 64;
    private static final int SYMBOL = 24;
    private static final int SHT_SYMTAB = 2;
    private static final int STT_FUNC = 2;
    /** Made by the linker itself. */
    private static final String GOT = "_GLOBAL_OFFSET_TABLE_";

    /** Reads the symbol table. */
    static ElfObject read(byte[] bytes) {
        try {
            return read(MemorySegment.ofArray(bytes));
        } catch (IndexOutOfBoundsException e) {
            throw Failure.of(FailureCode.CORRUPT, "An object of " + bytes.length + " bytes points outside itself")
                    .withCause(e);
        }
    }

    private static ElfObject read(MemorySegment file) {
        if (file.get(U32, 0) != MAGIC) {
            throw Failure.of(FailureCode.CORRUPT, "An object does not begin with the ELF magic number");
        }
        ElfObject object = new ElfObject(new LinkedHashMap<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
        long sections = file.get(U64, 40);
        int count = Short.toUnsignedInt(file.get(U16, 60));
        for (int i = 0; i < count; i++) {
            long header = sections + (long) i * SECTION_HEADER;
            if (file.get(U32, header + 4) == SHT_SYMTAB) {
                long names = sections + Integer.toUnsignedLong(file.get(U32, header + 40)) * SECTION_HEADER;
                object.addSymbols(section(file, header), section(file, names));
            }
        }
        return object;
    }

    private static MemorySegment section(MemorySegment file, long header) {
        return file.asSlice(file.get(U64, header + 24), file.get(U64, header + 32));
    }

    private void addSymbols(MemorySegment symbols, MemorySegment names) {
        for (long at = SYMBOL; at + SYMBOL <= symbols.byteSize(); at += SYMBOL) {
            String name = names.getString(Integer.toUnsignedLong(symbols.get(U32, at)));
            int info = symbols.get(ValueLayout.JAVA_BYTE, at + 4);
            boolean global = info >> 4 != 0;
            if (!global || name.equals(GOT)) {
                continue;
            }
            if (symbols.get(U16, at + 6) == 0) {
                undefined.add(name);
            } else if ((info & 15) == STT_FUNC) {
                functions.put(name, symbols.get(U64, at + 16));
            } else {
                data.add(name);
            }
        }
    }
}
