package smelt.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import smelt.base.Failure;
import smelt.bench.CalibrationRun;
import smelt.bench.Plan;

/** How to start this program once more: by the launcher that started it, else by the same Java. */
final class OwnCommand {
    /** The launcher tells where it is. */
    private static final String LAUNCHER = "smelt.launcher";

    private static final String QUESTION = "What is the capital of Japan?";
    private static final int ANSWER_TOKENS = 16;

    private OwnCommand() {}

    /** Answers a question with {@code model} in some tokens. */
    static List<String> answering(Path model, Plan plan) {
        List<String> command = new ArrayList<>(start());
        command.addAll(List.of("run", model.toAbsolutePath().toString()));
        command.addAll(hasTokenizer(model) ? List.of(QUESTION) : List.of("--tokens", "1,2,3"));
        command.addAll(List.of("--temperature", "0", "--ignore-eos", "--offline"));
        command.addAll(List.of("--max-tokens", Integer.toString(ANSWER_TOKENS)));
        command.addAll(List.of("--threads", Integer.toString(plan.threads())));
        command.addAll(List.of("--kv", plan.cache().text()));
        return command;
    }

    /** Prints what smelt takes to run the plan's model, or a small one. */
    static List<String> measuringEngine(CalibrationRun.Plan plan) {
        List<String> command = new ArrayList<>(start());
        command.addAll(List.of("plan", "calibrate", "--engine-cost"));
        plan.models().values().forEach(path -> command.add(path.toAbsolutePath().toString()));
        command.addAll(List.of("--seconds", Long.toString(plan.budget().toSeconds())));
        command.addAll(List.of(
                "--threads",
                Integer.toString(plan.threads()),
                "--kv",
                plan.cache().text()));
        return command;
    }

    private static List<String> start() {
        Optional<String> launcher = Optional.ofNullable(System.getProperty(LAUNCHER));
        return launcher.map(List::of).orElseGet(OwnCommand::java);
    }

    private static List<String> java() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-javaagent") && !argument.startsWith("-agentlib"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path", ""), Main.class.getName()));
        return command;
    }

    private static boolean hasTokenizer(Path model) {
        try {
            Vocabularies.at(model);
            return true;
        } catch (Failure e) {
            return false;
        }
    }
}
