package smelt.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import smelt.bench.Determinism;
import smelt.bench.Report;
import smelt.store.Sizes;

/** What {@code smelt bench} found, for people. */
final class BenchTable {
    private static final int HASH_SHOWN = 16;

    private BenchTable() {}

    static String text(Report report) {
        return head(report) + "\n" + runs(report) + notes(report);
    }

    private static String head(Report report) {
        Table table = new Table("MODEL", report.model());
        table.row(
                "cpu",
                report.cpu() + ", " + report.tier() + ", " + report.threads() + " threads"
                        + (report.kv().equals("f16") ? "" : ", keys and values in " + report.kv()));
        table.row(
                "memory read",
                report.memoryReadGbPerSecond().map(BenchTable::number).orElse("?") + " GB/s between runs of decode, "
                        + report.memoryReadBest().map(BenchTable::number).orElse("?") + " at best");
        report.int8Tops().ifPresent(tops -> table.row("int8 dots", number(tops) + " TOPS between runs of prefill"));
        table.row(
                "loading",
                number(report.loadSeconds()) + " s (" + number(report.firstLoadSeconds()) + " s the first time)");
        Report.Memory memory = report.memory();
        table.row(
                "memory",
                Sizes.text(memory.weightBytes()) + " weights, " + Sizes.text(memory.kvBytes()) + " keys and values"
                        + memory.residentAboveBytes()
                                .map(above -> ", " + Sizes.text(above) + " resident above both")
                                .orElse("")
                        + memory.residentFileBytes()
                                .map(files -> " (" + Sizes.text(files) + " of files)")
                                .orElse(""));
        return table.toString();
    }

    private static String runs(Report report) {
        List<String> peers = report.peers().stream()
                .filter(peer -> peer.missing().isEmpty())
                .map(Report.PeerState::peer)
                .toList();
        Stream<String> heads = Stream.of(">TOKENS/S", ">SPREAD", ">OF BANDWIDTH", ">OF INT8 PEAK");
        Stream<String> others = peers.stream().map(peer -> ">" + peer);
        Stream<String> last = peers.isEmpty() ? Stream.empty() : Stream.of(">RATIO");
        Table table = new Table(Stream.of(Stream.of("SCENARIO"), heads, others, last)
                .flatMap(s -> s)
                .toArray(String[]::new));
        for (Report.Row row : report.runs()) {
            Stream<String> own = Stream.of(
                    row.scenario(),
                    row.tokensPerSecond().map(s -> number(s.median())).orElse("-"),
                    row.tokensPerSecond().map(s -> percent(s.spread())).orElse(""),
                    row.shareOfBandwidth().map(s -> percent(s.median())).orElse(""),
                    row.shareOfPeak().map(s -> percent(s.median())).orElse(""));
            Stream<String> theirs = peers.stream().map(peer -> rate(row, peer));
            Stream<String> ratio = peers.isEmpty()
                    ? Stream.empty()
                    : Stream.of(row.ratio()
                            .map(r -> String.format(Locale.ROOT, "%.2f", r))
                            .orElse(""));
            table.row(Stream.of(own, theirs, ratio).flatMap(s -> s).toArray(String[]::new));
        }
        return table.toString();
    }

    private static String rate(Report.Row row, String peer) {
        return row.peers().stream()
                .filter(other -> other.peer().equals(peer))
                .flatMap(other -> other.tokensPerSecond().stream())
                .findFirst()
                .map(s -> number(s.median()))
                .orElse("-");
    }

    private static String notes(Report report) {
        Stream<String> missing = report.peers().stream()
                .flatMap(peer -> peer.missing().map(why -> peer.peer() + " is not measured: " + why).stream());
        Stream<String> problems =
                report.runs().stream().flatMap(row -> row.problem().map(why -> row.scenario() + ": " + why).stream());
        Stream<String> peers = report.runs().stream()
                .flatMap(row -> row.peers().stream()
                        .flatMap(peer ->
                                peer.note().map(note -> peer.peer() + ", " + row.scenario() + ": " + note).stream()));
        return notes(
                Stream.of(report.remarks().stream(), problems, missing, peers).flatMap(s -> s));
    }

    static String notes(Stream<String> lines) {
        String all = lines.map(line -> "- " + line + "\n").collect(Collectors.joining());
        return all.isEmpty() ? "" : "\nNOTES\n" + all;
    }

    static String line(Determinism.Case found) {
        return String.format(
                Locale.ROOT,
                "%-8s %2d %-8s %-36s %s %s",
                found.tier(),
                found.threads(),
                found.threads() == 1 ? "thread" : "threads",
                found.way(),
                found.hash().substring(0, HASH_SHOWN),
                state(found.differsAt()));
    }

    private static String state(Optional<Integer> differsAt) {
        return differsAt
                .map(position -> "DIFFERS from position " + position + " on")
                .orElse("same");
    }

    static String text(Determinism.Verdict verdict) {
        long different = verdict.cases().stream()
                .filter(found -> found.differsAt().isPresent())
                .count();
        String size = verdict.cases().size() + " runs of " + verdict.length() + " tokens";
        return different == 0
                ? "The same bits in " + size + ": " + verdict.hash() + "\n"
                : different + " of " + size + " have other bits than the first one; this is a defect of smelt\n";
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 1000 ? "%.1f" : "%.0f", value);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f%%", 100 * share);
    }
}
