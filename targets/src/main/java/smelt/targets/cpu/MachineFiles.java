package smelt.targets.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import smelt.targets.cpu.Machine.Cache;

/** Reads procfs and sysfs below {@code root}; whatever is missing or odd there counts as not told. */
record MachineFiles(Path root) {
    private static final String CPUS = "sys/devices/system/cpu";
    private static final Pattern CPU_NAME =
            Pattern.compile("^(?:model name|Model|uarch)\\s*:\\s*(.+)$", Pattern.MULTILINE);
    private static final Pattern ALLOWED = Pattern.compile("^Cpus_allowed_list:\\s*(\\S+)", Pattern.MULTILINE);
    private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");
    private static final Pattern SIZE = Pattern.compile("(\\d+)([KMG]?)");
    /** Bounds lists such as {@code 0-99999999999} in a damaged or hostile file. */
    private static final int MOST_CPUS = 1 << 16;

    Machine read() {
        Set<Integer> online = online();
        Set<Integer> allowed = allowed(online);
        CgroupFiles groups = new CgroupFiles(this);
        return new Machine(
                match(CPU_NAME, text("proc/cpuinfo")).orElse("unknown").strip(),
                Architecture.host(),
                online.size(),
                allowed.size(),
                cores(allowed),
                groups.cpuQuota(),
                nodes(),
                caches(online),
                memory("MemTotal"),
                memory("MemAvailable"),
                groups.memoryLimit(),
                match(CHOSEN, text("sys/kernel/mm/transparent_hugepage/enabled")));
    }

    /** The same as {@link Machine#threads} of the whole machine, without reading the rest of it: for a quick start. */
    int threads() {
        return Machine.threads(cores(allowed(online())), new CgroupFiles(this).cpuQuota());
    }

    /** Where the system does not tell there is no limit. */
    long usableMemory() {
        long available = memory("MemAvailable");
        return Math.min(
                available > 0 ? available : Long.MAX_VALUE,
                new CgroupFiles(this).memoryLimit().orElse(Long.MAX_VALUE));
    }

    private Set<Integer> online() {
        Set<Integer> online = cpuList(text(CPUS + "/online").orElse(""));
        return online.isEmpty() ? cpuList("0-" + (Runtime.getRuntime().availableProcessors() - 1)) : online;
    }

    private Set<Integer> allowed(Set<Integer> online) {
        Set<Integer> allowed = new TreeSet<>(online);
        match(ALLOWED, text("proc/self/status")).ifPresent(list -> allowed.retainAll(cpuList(list)));
        return allowed.isEmpty() ? online : allowed;
    }

    Optional<String> text(String path) {
        try {
            return Optional.of(Files.readString(root.resolve(path)).strip());
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    OptionalLong number(String path) {
        return text(path).map(MachineFiles::parse).orElse(OptionalLong.empty());
    }

    static OptionalLong parse(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static Optional<String> match(Pattern pattern, Optional<String> text) {
        return text.map(pattern::matcher).filter(Matcher::find).map(m -> m.group(1));
    }

    /** {@code 0-3,8} as numbers. */
    static Set<Integer> cpuList(String list) {
        Set<Integer> result = new TreeSet<>();
        for (String range : list.split(",")) {
            String[] ends = range.strip().split("-", 2);
            OptionalLong first = parse(ends[0]);
            OptionalLong last = parse(ends[ends.length - 1]);
            if (first.isPresent() && last.isPresent() && last.getAsLong() < MOST_CPUS) {
                for (long cpu = Math.max(0, first.getAsLong()); cpu <= last.getAsLong(); cpu++) {
                    result.add((int) cpu);
                }
            }
        }
        return result;
    }

    private int cores(Set<Integer> cpus) {
        Set<String> cores = new HashSet<>();
        for (int cpu : cpus) {
            cores.add(
                    text(CPUS + "/cpu" + cpu + "/topology/thread_siblings_list").orElse("cpu " + cpu));
        }
        return cores.size();
    }

    private int nodes() {
        try (Stream<Path> entries = Files.list(root.resolve("sys/devices/system/node"))) {
            long nodes = entries.filter(e -> e.getFileName().toString().matches("node\\d+"))
                    .count();
            return (int) Math.max(1, nodes);
        } catch (IOException e) {
            return 1;
        }
    }

    private List<Cache> caches(Set<Integer> online) {
        Map<String, Set<String>> sharers = new TreeMap<>();
        Map<String, Long> sizes = new TreeMap<>();
        for (int cpu : online) {
            for (int index = 0; index < 8; index++) {
                String folder = CPUS + "/cpu" + cpu + "/cache/index" + index;
                Optional<String> level = text(folder + "/level");
                Optional<String> type = text(folder + "/type");
                OptionalLong size = size(text(folder + "/size").orElse(""));
                if (level.isPresent() && type.isPresent() && size.isPresent()) {
                    String key = level.get() + " " + type.get().toLowerCase(Locale.ROOT);
                    sharers.computeIfAbsent(key, k -> new HashSet<>())
                            .add(text(folder + "/shared_cpu_list").orElse("cpu " + cpu));
                    sizes.merge(key, size.getAsLong(), Math::max);
                }
            }
        }
        List<Cache> caches = new ArrayList<>();
        sharers.forEach((key, groups) -> {
            String[] parts = key.split(" ");
            parse(parts[0])
                    .ifPresent(level ->
                            caches.add(new Cache((int) level, parts[1], sizes.getOrDefault(key, 0L), groups.size())));
        });
        return caches;
    }

    /** {@code 48K} in bytes. */
    private static OptionalLong size(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return OptionalLong.empty();
        }
        int shift = " KMG".indexOf(size.group(2).isEmpty() ? " " : size.group(2)) * 10;
        OptionalLong number = parse(size.group(1));
        return number.isPresent() ? OptionalLong.of(number.getAsLong() << shift) : number;
    }

    /** A line of {@code /proc/meminfo}, in bytes; 0 where it is not told. */
    private long memory(String name) {
        Pattern line = Pattern.compile("^" + name + ":\\s*(\\d+) kB", Pattern.MULTILINE);
        return match(line, text("proc/meminfo"))
                        .map(MachineFiles::parse)
                        .orElse(OptionalLong.empty())
                        .orElse(0)
                << 10;
    }

    /** The limits of this process's control groups, of both versions; the tightest of the way up to the root counts. */
    private record CgroupFiles(MachineFiles files) {
        /** Above it version 1 means that there is none. */
        private static final long UNLIMITED = 1L << 60;

        OptionalDouble cpuQuota() {
            return Stream.concat(
                            folders("").map(f -> files.text(f + "/cpu.max").orElse("")),
                            folders("cpu")
                                    .map(f ->
                                            files.text(f + "/cpu.cfs_quota_us").orElse("") + " "
                                                    + files.text(f + "/cpu.cfs_period_us")
                                                            .orElse("")))
                    .map(text -> text.split(" "))
                    .filter(parts -> parts.length == 2)
                    .mapToDouble(parts -> (double) parse(parts[0]).orElse(-1)
                            / parse(parts[1]).orElse(1))
                    .filter(quota -> quota > 0)
                    .min();
        }

        OptionalLong memoryLimit() {
            return Stream.concat(
                            folders("").map(f -> files.number(f + "/memory.max")),
                            folders("memory").map(f -> files.number(f + "/memory.limit_in_bytes")))
                    .flatMapToLong(OptionalLong::stream)
                    .filter(limit -> limit > 0 && limit < UNLIMITED)
                    .min();
        }

        /**
         * Where the files of {@code controller} may be (empty: version 2). Inside a container the path that the process
         * sees may not exist below the mount, whose top is then the container's own group.
         */
        private Stream<String> folders(String controller) {
            List<String> folders = new ArrayList<>();
            for (String line : files.text("proc/self/cgroup").orElse("").lines().toList()) {
                String[] parts = line.split(":", 3);
                if (parts.length == 3 && List.of(parts[1].split(",")).contains(controller)) {
                    for (String mount : controller.isEmpty()
                            ? List.of("sys/fs/cgroup", "sys/fs/cgroup/unified")
                            : List.of("sys/fs/cgroup/" + parts[1], "sys/fs/cgroup/" + controller)) {
                        Path path = Path.of(parts[2]).normalize();
                        for (Path p = path; p != null; p = p.getParent()) {
                            folders.add(mount + p);
                        }
                    }
                }
            }
            return folders.stream();
        }
    }
}
