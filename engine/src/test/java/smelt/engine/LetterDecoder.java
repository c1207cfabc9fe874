package smelt.engine;

/** Every token is a letter: stop strings are easy to hit. It may fail at one of them. */
final class LetterDecoder implements TextDecoder {
    private final int failsAt;
    private int pushed;

    LetterDecoder() {
        this(0);
    }

    /** @param failsAt the number of the token, from 1 on; 0: never */
    LetterDecoder(int failsAt) {
        this.failsAt = failsAt;
    }

    @Override
    public String push(int id) {
        if (++pushed == failsAt) {
            throw failsAt % 2 == 0 ? new OutOfMemoryError("on purpose") : new StackOverflowError("on purpose");
        }
        return String.valueOf((char) ('a' + id % 26));
    }

    @Override
    public String flush() {
        return "!";
    }
}
