package smelt.planner.choice;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import smelt.planner.catalogue.Device;
import smelt.planner.simulation.SchedulerSettings;
import smelt.planner.time.Deployment;
import smelt.planner.time.Layout;

/**
 * How one copy of a plan is started.
 *
 * @param image of a container, without a registry
 * @param command the first words
 * @param entry whether the image starts them by itself
 * @param arguments the rest
 * @param port that it listens on
 * @param health path that answers when it is ready
 */
record Start(String image, List<String> command, boolean entry, List<String> arguments, int port, String health) {
    private static final int KV_BLOCK = 256;
    private static final Pattern ID = Pattern.compile("[\\w.-]+/([\\w.-]*\\w)");
    private static final Pattern PAGE = Pattern.compile("config\\.json of ([\\w.-]+/[\\w.-]+)");

    static Start of(Plan plan, Question question) {
        return switch (plan.deployment().engine().name()) {
            case "sglang" -> sglang(plan, question);
            case "trtllm" -> trtllm(plan, question);
            case "llama.cpp" -> llamaCpp(plan, question);
            case "smelt" -> smelt(plan, question);
            default -> vllm(plan, question);
        };
    }

    /** A shell's line. */
    String line() {
        List<String> words = new ArrayList<>(command);
        words.addAll(arguments);
        return String.join(" ", words);
    }

    private static Start vllm(Plan plan, Question question) {
        Layout layout = plan.deployment().layout();
        List<String> words = new ArrayList<>(List.of(id(question)));
        some(words, "--tensor-parallel-size", layout.tensor(), 1);
        some(words, "--pipeline-parallel-size", layout.pipeline(), 1);
        some(words, "--data-parallel-size", layout.data(), 1);
        if (layout.expert() > 1) {
            words.add("--enable-expert-parallel");
        }
        quantisation(words, plan.deployment(), "--quantization");
        if (plan.deployment().formats().kvBytes() < 2) {
            words.addAll(List.of("--kv-cache-dtype", "fp8"));
        }
        words.addAll(List.of("--max-model-len", length(question), "--max-num-seqs", "" + plan.mostRunning()));
        words.addAll(List.of("--max-num-batched-tokens", stepTokens(plan)));
        return new Start("vllm/vllm-openai", List.of("vllm", "serve"), true, words, 8000, "/health");
    }

    private static Start sglang(Plan plan, Question question) {
        Layout layout = plan.deployment().layout();
        List<String> words = new ArrayList<>(List.of("--model-path", id(question), "--host", "0.0.0.0"));
        words.addAll(List.of("--tp-size", "" + layout.tensor() * layout.data()));
        some(words, "--pp-size", layout.pipeline(), 1);
        if (layout.data() > 1) {
            words.addAll(List.of("--dp-size", "" + layout.data(), "--enable-dp-attention"));
        }
        some(words, "--ep-size", layout.expert(), 1);
        quantisation(words, plan.deployment(), "--quantization");
        if (plan.deployment().formats().kvBytes() < 2) {
            words.addAll(List.of("--kv-cache-dtype", "fp8_e4m3"));
        }
        words.addAll(List.of("--context-length", length(question), "--max-running-requests", "" + plan.mostRunning()));
        words.addAll(List.of("--chunked-prefill-size", stepTokens(plan)));
        return new Start(
                "lmsysorg/sglang", List.of("python3", "-m", "sglang.launch_server"), false, words, 30000, "/health");
    }

    private static Start trtllm(Plan plan, Question question) {
        Layout layout = plan.deployment().layout();
        List<String> words = new ArrayList<>(List.of(id(question), "--host", "0.0.0.0"));
        words.addAll(List.of("--tp_size", "" + layout.tensor() * layout.data()));
        some(words, "--pp_size", layout.pipeline(), 1);
        some(words, "--ep_size", layout.expert(), 1);
        words.addAll(List.of("--max_seq_len", length(question), "--max_batch_size", "" + plan.mostRunning()));
        words.addAll(List.of("--max_num_tokens", stepTokens(plan)));
        return new Start("tensorrt-llm/release", List.of("trtllm-serve"), false, words, 8000, "/health");
    }

    private static Start llamaCpp(Plan plan, Question question) {
        Layout layout = plan.deployment().layout();
        long context = Long.parseLong(length(question)) * plan.concurrency();
        List<String> words = new ArrayList<>(List.of("--model", file(plan, question), "--host", "0.0.0.0"));
        words.addAll(List.of("--ctx-size", "" + context, "--parallel", "" + plan.concurrency()));
        int onDevice = question.model().layerCount() - plan.placement().layers();
        switch (plan.placement().kind()) {
            case NOTHING -> words.addAll(List.of("--n-gpu-layers", "999"));
            case STAGES -> words.addAll(List.of("--n-gpu-layers", "999", "--tensor-split", split(plan, onDevice)));
            case LAYERS -> words.addAll(List.of("--n-gpu-layers", "" + onDevice));
            case EXPERTS -> words.addAll(List.of("--n-gpu-layers", "999", "--cpu-moe"));
            case ATTENTION -> words.addAll(List.of("--n-gpu-layers", "999", "--no-kv-offload"));
        }
        if (layout.tensor() > 1) {
            words.addAll(List.of("--split-mode", "row"));
        }
        return new Start(llamaCppImage(layout.device()), List.of("llama-server"), true, words, 8080, "/health");
    }

    private static String llamaCppImage(Device device) {
        String plain = "llama.cpp:server";
        if (device.kind() != Device.Kind.GPU) {
            return plain;
        }
        return switch (Manifests.vendor(device.name())) {
            case "nvidia.com/" -> plain + "-cuda";
            case "amd.com/" -> plain + "-rocm";
            case "gpu.intel.com/" -> plain + "-intel";
            default -> plain;
        };
    }

    /** Layers of each device. */
    private static String split(Plan plan, int first) {
        int here = plan.deployment().layout().devices();
        int there = plan.devices() - here;
        List<String> shares = new ArrayList<>();
        for (int i = 0; i < plan.devices(); i++) {
            shares.add(Texts.number(
                    i < here ? (double) first / here : (double) plan.placement().layers() / there));
        }
        return String.join(",", shares);
    }

    /** To others it listens only with keys. */
    private static Start smelt(Plan plan, Question question) {
        List<String> words = new ArrayList<>(List.of("serve", file(plan, question), "--context", length(question)));
        words.addAll(List.of("--host", "0.0.0.0", "--api-key-file", "keys"));
        return new Start("smelt", List.of("smelt"), true, words, 8080, "/ready");
    }

    /** As many as the trial had in a step. */
    private static String stepTokens(Plan plan) {
        return "" + SchedulerSettings.of(plan.deployment().engine().name()).stepTokens();
    }

    private static void some(List<String> words, String option, int value, int usual) {
        if (value != usual) {
            words.add(option);
            words.add(Integer.toString(value));
        }
    }

    private static void quantisation(List<String> words, Deployment deployment, String option) {
        String format = deployment.formats().weights().name();
        if (format.equals("fp8")) { // others are in the checkpoint, or they are not to be had
            words.add(option);
            words.add(format);
        }
    }

    /** Positions that a request of mean length needs, twice over: requests differ. */
    private static String length(Question question) {
        long wanted = 2L * question.demand().workload().tokens();
        long rounded = Math.ceilDiv(wanted, KV_BLOCK) * KV_BLOCK;
        long most = question.model().contextLength();
        return Long.toString(most > 0 ? Math.min(most, rounded) : rounded);
    }

    /** As it was asked for, else the page of that name among the shape's sources, else the page of its config. */
    private static String id(Question question) {
        if (question.modelName().contains("/")) {
            return question.modelName();
        }
        String name = question.model().name();
        String source = question.model().source();
        Matcher page = PAGE.matcher(source);
        return ID.matcher(source)
                .results()
                .filter(id -> id.group(1).equalsIgnoreCase(name))
                .map(MatchResult::group)
                .findFirst()
                .orElseGet(() -> page.find() ? page.group(1) : name);
    }

    private static String file(Plan plan, Question question) {
        String name = question.modelName();
        return name.endsWith(".gguf")
                ? name
                : question.model().name() + "."
                        + plan.deployment().formats().weights().name().toUpperCase(Locale.ROOT) + ".gguf";
    }
}
