package smelt.tokenizer.jinja;

import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What lazy filters give: true, without a length, and empty once it was walked through. */
record Generator(Iterator<Object> elements) {
    /** Does nothing, and so cannot fail, before the first element is asked for. */
    static Generator of(Supplier<Iterator<Object>> source) {
        return new Generator(new Iterator<>() {
            private @Nullable Iterator<Object> started;

            private Iterator<Object> elements() {
                if (started == null) {
                    started = source.get();
                }
                return started;
            }

            @Override
            public boolean hasNext() {
                return elements().hasNext();
            }

            @Override
            public Object next() {
                return elements().next();
            }
        });
    }
}
