package smelt.cli;

import picocli.CommandLine.Command;

/** {@code smelt plan}. */
@Command(
        name = "plan",
        header = "Tell how fast a model will be.",
        subcommands = {PlanCalibrateCommand.class, PlanHereCommand.class})
final class PlanGroup {}
