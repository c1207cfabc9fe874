package smelt.planner.measurement;

/**
 * What the user says of a file of measurements; it goes before what the file says.
 *
 * @param model empty: as the file says
 * @param device empty: as the file says, which few do
 * @param engine empty: as the file says, or the one that its program is known to measure
 * @param version of the engine; may be empty
 * @param input tokens of prompts; 0: as the file says
 */
public record Given(String model, String device, String engine, String version, int input) {
    public static final Given NOTHING = new Given("", "", "", "", 0);
}
