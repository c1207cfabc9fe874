package smelt.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import smelt.base.EditDistance;

/** Finds the route of a request. */
final class Router {
    /** Longer paths are no mistyped ones. */
    private static final int MOST_MISTYPED = 100;

    private final List<Route> routes;
    private final Map<String, Map<String, Route>> exact = new LinkedHashMap<>();
    /** Longest first. */
    private final List<Route> tails = new ArrayList<>();

    Router(List<Route> routes) {
        this.routes = List.copyOf(routes);
        for (Route route : routes) {
            if (route.takesTail()) {
                tails.add(route);
            } else if (exact.computeIfAbsent(route.path(), path -> new LinkedHashMap<>())
                            .put(route.method(), route)
                    != null) {
                throw new IllegalArgumentException("Two routes for " + route.method() + " " + route.path());
            }
        }
        tails.sort(Comparator.comparingInt((Route route) -> -route.path().length()));
    }

    /** @param tail what the path has where the route has its star */
    record Found(Route route, String tail) {}

    /** The route, or one that tells why there is none. */
    Found find(String method, String path) {
        String wanted = method.equals("HEAD") && !has(path, "HEAD") ? "GET" : method;
        Map<String, Route> byMethod = exact.getOrDefault(path, Map.of());
        @Nullable Route route = byMethod.get(wanted);
        if (route != null) {
            return new Found(route, "");
        }
        var allowed = new TreeSet<>(byMethod.keySet());
        for (Route candidate : tails) {
            if (path.startsWith(candidate.prefix())
                    && path.length() > candidate.prefix().length()) {
                if (candidate.method().equals(wanted) || candidate.method().equals(method)) {
                    return new Found(
                            candidate, path.substring(candidate.prefix().length()));
                }
                allowed.add(candidate.method());
            }
        }
        if (allowed.isEmpty()) {
            return unknown(method, path);
        }
        return method.equals("OPTIONS") ? options(path, allowed) : wrongMethod(method, path, allowed);
    }

    private boolean has(String path, String method) {
        return exact.getOrDefault(path, Map.of()).containsKey(method);
    }

    /** What may be asked; browsers ask this before they ask. */
    private Found options(String path, Set<String> allowed) {
        Route route = Route.open("OPTIONS", path, dialect(path), exchange -> {
            exchange.replyHeader("Allow", String.join(", ", allowed));
            exchange.reply(204, "text/plain", new byte[0]);
        });
        return new Found(route, "");
    }

    private Found wrongMethod(String method, String path, Set<String> allowed) {
        String list = String.join(", ", allowed);
        Problem problem = Problem.of(
                405, method + " is not for " + path + ": " + list, Problem.INVALID_REQUEST, "method_not_allowed");
        return new Found(
                Route.open(method, path, dialect(path), exchange -> {
                    exchange.replyHeader("Allow", list);
                    throw problem;
                }),
                "");
    }

    private Found unknown(String method, String path) {
        String hint = near(path).map(known -> "; did you mean " + known + "?").orElse("");
        Problem problem = Problem.of(404, "There is nothing at " + path + hint, Problem.INVALID_REQUEST, "unknown_url");
        return new Found(
                Route.open(method, path, dialect(path), exchange -> {
                    throw problem;
                }),
                "");
    }

    /** Paths have much in common, so only a few letters may differ. */
    private Optional<String> near(String path) {
        int most = path.length() > MOST_MISTYPED ? 0 : Math.max(1, path.length() * 3 / 10);
        return exact.keySet().stream()
                .filter(known -> Math.abs(known.length() - path.length()) <= most)
                .filter(known -> EditDistance.of(path, known) <= most)
                .min(Comparator.comparingInt((String known) -> EditDistance.of(path, known))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** That of the route which shares the longest beginning. */
    private Dialect dialect(String path) {
        return routes.stream()
                .max(Comparator.comparingInt(route -> shared(route.path(), path)))
                .map(Route::dialect)
                .orElse(Dialect.OPENAI);
    }

    private static int shared(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            if (a.charAt(i) != b.charAt(i)) {
                return i;
            }
        }
        return length;
    }
}
