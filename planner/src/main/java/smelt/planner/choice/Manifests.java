package smelt.planner.choice;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import smelt.planner.catalogue.Device;
import smelt.planner.time.Layout;
import smelt.planner.time.MemoryUse;

/** How a plan is carried out: lines for a shell, manifests for Kubernetes. */
public final class Manifests {

    private Manifests() {}

    /** What starts one copy, by the plan's own engine; run it once for each copy. */
    public static List<String> startCommands(Plan plan, Question question) {
        if (!plan.parts().isEmpty()) {
            return plan.parts().stream()
                    .flatMap(p -> commandsOfPart(p, question))
                    .toList();
        }
        List<String> lines = new ArrayList<>();
        if (plan.replicas() > 1) {
            lines.add("# " + plan.replicas() + " times, behind a balancer");
        }
        if (plan.deployment().layout().disaggregated()) {
            lines.add("# for answers; the same again on "
                    + plan.deployment().layout().prefillDevices() + " devices for prompts, joined by a KV connector");
        }
        if (plan.placement().kind() == Placement.Kind.STAGES) {
            lines.add("# devices of other machines: rpc-server there, and --rpc HOST:PORT here");
        }
        lines.add(Start.of(plan, question).line());
        return lines;
    }

    private static Stream<String> commandsOfPart(Plan part, Question question) {
        String device = part.supply().device() + ", " + Texts.number(part.requestsPerSecond()) + " requests a second";
        return Stream.concat(Stream.of("# on " + device), startCommands(part, question).stream());
    }

    /** Deployments, one of each kind of devices, and the service that shares requests out. */
    public static String kubernetes(Plan plan, Question question) {
        String app = name(question);
        StringBuilder text = new StringBuilder();
        if (!plan.parts().isEmpty()) {
            text.append("# The service shares requests evenly by pod, whatever a pod can do: put a balancer before it ")
                    .append("that sends more to the faster ones.\n");
        }
        int part = 0;
        for (Plan one : plan.all()) {
            text.append(part == 0 ? "" : "---\n");
            text.append(deployment(one, question, app, plan.all().size() == 1 ? app : app + "-" + part));
            part++;
        }
        return text.append(service(app)).toString();
    }

    private static String deployment(Plan plan, Question question, String app, String name) {
        Start start = Start.of(plan, question);
        int copies = plan.replicas();
        Layout layout = plan.deployment().layout();
        StringBuilder text = new StringBuilder();
        if (layout.devices() > plan.supply().devicesPerMachine()) {
            text.append("# One copy needs several machines: its pods must find each other (LeaderWorkerSet, Ray).\n");
        }
        text.append(pods(plan.text(), app, name, copies));
        String label = nodeLabel(layout.device());
        if (!label.isEmpty()) {
            text.append("      nodeSelector: {").append(label).append("}\n");
        }
        return text.append(container(start, resources(plan))).toString();
    }

    private static String pods(String plan, String app, String name, int copies) {
        return String.format(Locale.ROOT, """
            # %s
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: %s
              labels: {app: %s}
            spec:
              replicas: %d
              selector:
                matchLabels: {app: %s, copies: %s}
              template:
                metadata:
                  labels: {app: %s, copies: %s}
                spec:
                  # Answers that are being written may come to their end.
                  terminationGracePeriodSeconds: 120
            """, plan, name, app, copies, app, name, app, name);
    }

    private static String container(Start start, String resources) {
        return String.format(
                Locale.ROOT,
                """
                  containers:
                    - name: server
                      image: %s
            %s          args: [%s]
                      # Files that the arguments name lie there.
                      workingDir: /models
                      ports:
                        - {name: http, containerPort: %d}
                      resources:
                        %s
                      startupProbe:
                        httpGet: {path: %s, port: http}
                        # Weights are read first: up to an hour.
                        failureThreshold: 360
                        periodSeconds: 10
                      readinessProbe:
                        httpGet: {path: %s, port: http}
                        periodSeconds: 10
                      volumeMounts:
                        # Devices of one machine meet in shared memory.
                        - {name: shm, mountPath: /dev/shm}
                        - {name: models, mountPath: /models}
                  volumes:
                    - {name: shm, emptyDir: {medium: Memory, sizeLimit: 16Gi}}
                    - {name: models, persistentVolumeClaim: {claimName: models}}
            """,
                start.image(),
                start.entry() ? "" : "          command: [" + quoted(start.command()) + "]\n",
                quoted(start.arguments()),
                start.port(),
                resources,
                start.health(),
                start.health());
    }

    private static String service(String name) {
        return String.format(Locale.ROOT, """
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: %s
            spec:
              selector: {app: %s}
              ports:
                - {name: http, port: 80, targetPort: http}
            """, name, name);
    }

    private static String quoted(List<String> words) {
        return words.stream()
                .map(w -> '"' + w.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(", "));
    }

    /** A DNS label. */
    private static String name(Question question) {
        String plain = question.model().name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String cut = plain.length() > 50 ? plain.substring(0, 50) : plain;
        String name = cut.replaceAll("^-+|-+$", "");
        return name.isEmpty() ? "model" : name;
    }

    /** Devices, or where the processor's own memory is used, that. */
    private static String resources(Plan plan) {
        Layout layout = plan.deployment().layout();
        return switch (layout.device().kind()) {
            case CPU, SHARED_MEMORY -> "requests: {memory: " + memory(plan) + "Gi}";
            case TPU -> "limits: {google.com/tpu: " + layout.devices() + "}";
            case GPU, ACCELERATOR ->
                "limits: {" + vendor(layout.device().name()) + kindOf(layout.device()) + ": " + layout.devices() + "}";
        };
    }

    private static long memory(Plan plan) {
        MemoryUse use = plan.forecast().memory();
        long each = use.weightBytes() + use.kvBytes() + use.activationBytes() + use.overheadBytes();
        return Math.ceilDiv(each * plan.deployment().layout().devices(), 1L << 30);
    }

    static String vendor(String device) {
        String name = device.toLowerCase(Locale.ROOT);
        if (name.startsWith("mi") || name.contains("instinct")) {
            return "amd.com/";
        }
        if (name.contains("gaudi")) {
            return "habana.ai/";
        }
        if (name.contains("inferentia") || name.contains("trainium")) {
            return "aws.amazon.com/";
        }
        return name.contains("arc") ? "gpu.intel.com/" : "nvidia.com/";
    }

    private static String kindOf(Device device) {
        String name = device.name().toLowerCase(Locale.ROOT);
        if (name.contains("gaudi")) {
            return "gaudi";
        }
        if (name.contains("arc")) {
            return "i915";
        }
        return name.contains("inferentia") || name.contains("trainium") ? "neuron" : "gpu";
    }

    /** NVIDIA's feature discovery names products so. */
    private static String nodeLabel(Device device) {
        return device.kind() == Device.Kind.GPU && vendor(device.name()).equals("nvidia.com/")
                ? "nvidia.com/gpu.present: \"true\""
                : "";
    }
}
