package smelt.server.answers;

/** A piece of an answer that has been read. The pieces of one kind joined are what the whole answer has of it. */
public sealed interface Part {
    /** What the user is told. */
    record Content(String text) implements Part {}

    /** What the model tells itself first. */
    record Thought(String text) implements Part {}

    /**
     * A call begins.
     *
     * @param index of the call in this answer, from 0
     * @param id by which its result will name it
     */
    record Called(int index, String id, String name) implements Part {}

    /** More of the JSON object of a call's arguments. */
    record Arguments(int index, String text) implements Part {}
}
