package smelt.engine;

/** How prompts share steps with the sequences that generate; prompts come in chunks, whatever a step has room for. */
public enum PromptSharing {
    /** As much as measured times of steps allow, so that nobody is slowed down much: {@link StepPace}. */
    PACED,
    /** After a token of each that generates, prompts in order of arrival take the rest of the step. */
    FILL,
    /** Prompts in order of arrival, in steps of their own; nobody generates until they are computed. */
    FIRST
}
