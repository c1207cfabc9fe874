package smelt.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Token ids as they are typed: {@code 1,2,3}, blanks allowed. */
@SuppressWarnings("ArrayRecordComponent") // handed over, never changed
record TokenIds(int[] ids) {
    static final class Converter implements ITypeConverter<TokenIds> {
        @Override
        public TokenIds convert(String text) {
            String[] parts = text.strip().split("[,\\s]+", -1);
            int[] ids = new int[parts.length];
            for (int i = 0; i < parts.length; i++) {
                try {
                    ids[i] = Integer.parseUnsignedInt(parts[i]);
                } catch (NumberFormatException e) {
                    throw new TypeConversionException("'" + parts[i] + "' is no token id; ids are like 1,2,3");
                }
            }
            return new TokenIds(ids);
        }
    }
}
