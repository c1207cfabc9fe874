package smelt.planner.choice;

/** Told of a search as it goes, by several threads. */
@FunctionalInterface
public interface Progress {
    Progress NONE = (done, all) -> {};

    void at(int done, int all);
}
