package smelt.planner.simulation;

import java.util.List;
import java.util.SplittableRandom;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** How long the prompts and answers of a load are; the same for the same random numbers. */
public interface Lengths {
    Length draw(SplittableRandom random);

    /** Most tokens of prompt and answer together. */
    int longest();

    /** Whether any have a prefix in common. */
    boolean sharesPrefixes();

    static Lengths fixed(int input, int output) {
        return of(List.of(new Length(input, output)));
    }

    /** Each as likely as the others. */
    static Lengths of(List<Length> lengths) {
        if (lengths.isEmpty()) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "A load needs the lengths of at least one request");
        }
        List<Length> all = List.copyOf(lengths);
        int longest = all.stream().mapToInt(Length::tokens).max().orElseThrow();
        boolean shares = all.stream().anyMatch(length -> length.sharedPrefix() > 0);
        return new Drawn(random -> all.get(all.size() == 1 ? 0 : random.nextInt(all.size())), longest, shares);
    }

    /** Inputs and outputs between these bounds, each as likely. */
    static Lengths uniform(int leastInput, int mostInput, int leastOutput, int mostOutput) {
        Length least = new Length(leastInput, leastOutput);
        Length most = new Length(mostInput, mostOutput);
        if (leastInput > mostInput || leastOutput > mostOutput) {
            throw Failure.of(FailureCode.INVALID_ARGUMENT, "Lengths cannot lie between " + least + " and " + most);
        }
        return new Drawn(
                random -> new Length(
                        random.nextInt(leastInput, mostInput + 1), random.nextInt(leastOutput, mostOutput + 1)),
                most.tokens(),
                false);
    }

    /** The same, each prompt beginning with {@code share} of its tokens from one of {@code groups}. */
    default Lengths withPrefix(double share, int groups) {
        if (!(share >= 0 && share <= 1) || groups < 1) {
            throw Failure.of(
                    FailureCode.INVALID_ARGUMENT,
                    "Of a prompt a share of 0 to 1 is common to at least one group, not " + share + " to " + groups);
        }
        return new Drawn(
                random -> {
                    Length length = draw(random);
                    int shared = (int) Math.round(length.input() * share);
                    return new Length(length.input(), length.output(), shared, random.nextInt(groups));
                },
                longest(),
                share > 0);
    }

    /** Lengths by a function of random numbers. */
    record Drawn(Draw draw, int longest, boolean sharesPrefixes) implements Lengths {
        /** A function of random numbers. */
        public interface Draw {
            Length draw(SplittableRandom random);
        }

        @Override
        public Length draw(SplittableRandom random) {
            return draw.draw(random);
        }
    }
}
