package smelt.server.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.Status;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One request and the one way to answer it. */
public final class Exchange {
    /** Why a client is given up: too much waits for it. */
    public static final String UNREAD = "unread";
    /** Why a client is given up: a write to it does not end. */
    static final String STALLED = "stalled";

    private static final System.Logger LOG = System.getLogger(Exchange.class.getName());
    private static final int LONGEST_ID = 128;
    private static final int NOT_IMPLEMENTED = 501;

    private final ServerRequest request;
    private final ServerResponse response;
    private final Route route;
    private final String pathTail;
    private final Limits limits;
    private final @Nullable Peer peer;
    private final String id;
    private final Map<String, Object> notes = new LinkedHashMap<>();
    private final ReentrantLock endings = new ReentrantLock();
    /** Guarded by {@link #endings}. */
    private final List<Runnable> whenOver = new ArrayList<>();

    private volatile boolean clientGone;
    private volatile @Nullable Problem aborted;
    private volatile @Nullable String givenUp;
    private String caller;
    private boolean endsConnection;
    private boolean keepsBody;
    private @Nullable ObjectNode keptBody;
    private int status;
    private volatile @Nullable AnswerStream stream;

    Exchange(
            ServerRequest request,
            ServerResponse response,
            Route route,
            String pathTail,
            Limits limits,
            @Nullable Peer peer) {
        this.request = request;
        this.response = response;
        this.route = route;
        this.pathTail = pathTail;
        this.limits = limits;
        this.peer = peer;
        id = header(Dialect.REQUEST_ID).filter(Exchange::isSane).orElseGet(Exchange::newId);
        caller = request.remotePeer().address() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress()
                : "";
    }

    private static boolean isSane(String id) {
        return !id.isEmpty()
                && id.length() <= LONGEST_ID
                && id.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '"' && c != '\\');
    }

    private static String newId() {
        return "req_" + UUID.randomUUID().toString().replace("-", "");
    }

    /** The caller's own {@code X-Request-Id}, or a new one; goes back with the answer. */
    public String id() {
        return id;
    }

    public Route route() {
        return route;
    }

    public Dialect dialect() {
        return route.dialect();
    }

    public String method() {
        return request.prologue().method().text();
    }

    /** As it was asked for, decoded. */
    public String path() {
        return request.path().path();
    }

    /** What stands where the route's path has its star; may have slashes. */
    public String pathTail() {
        return pathTail;
    }

    public Optional<String> header(String name) {
        HeaderName header = HeaderNames.create(name);
        return request.headers().contains(header)
                ? Optional.of(request.headers().get(header).get())
                : Optional.empty();
    }

    /** The name, and the port where it is told, that the client called the server by; empty where it told none. */
    String authority() {
        return request.authority();
    }

    public Optional<String> query(String name) {
        return request.query().contains(name) ? Optional.of(request.query().get(name)) : Optional.empty();
    }

    /** Who asks, for fairness: the name of a key, else the address. */
    public String caller() {
        return caller;
    }

    void caller(String name) {
        caller = name;
    }

    /** Facts for the log and for traces: model, tokens; in the order in which they were noted. */
    public Map<String, Object> notes() {
        return notes;
    }

    /**
     * The body: a JSON object, read strictly.
     *
     * @throws Problem 413 where it is too large, 415 where it is something else, 400 where it is malformed
     */
    public ObjectNode body() {
        String type = header("Content-Type").orElse("application/json");
        String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (dialect().minds(bare)) {
            throw Problem.of(
                    415,
                    "The content type is " + bare + "; send JSON as application/json",
                    Problem.INVALID_REQUEST,
                    "unsupported_media_type");
        }
        ObjectNode body = Json.read(bytes());
        if (keepsBody) {
            keptBody = body;
        }
        return body;
    }

    /** The body stays to be asked for, when it has been read. */
    public void keepBody() {
        keepsBody = true;
    }

    /** Empty where it is not kept, or was none. */
    public Optional<ObjectNode> keptBody() {
        return Optional.ofNullable(keptBody);
    }

    /**
     * The body as it is.
     *
     * @throws Problem 413 where it is too large, 408 where it comes too slowly
     */
    public byte[] bytes() {
        byte[] bytes = isHttp2() ? readInTime() : read(); // a connection of HTTP/1.1 minds the time itself
        if (bytes.length > limits.bodyBytes()) {
            throw tooLarge(limits);
        }
        watch();
        return bytes;
    }

    private byte[] read() {
        try (InputStream in = request.content().inputStream()) {
            return in.readNBytes(limits.bodyBytes() + 1);
        } catch (IOException
                | UncheckedIOException
                | DataReader.InsufficientDataAvailableException
                | ServerConnectionException e) {
            clientIsGone();
            throw new ClientGone(e);
        } catch (NumberFormatException e) { // the library's, of a chunk
            endConnection();
            throw Problem.of(400, "The size of a chunk is no number", Problem.INVALID_REQUEST, "bad_request");
        }
    }

    /** An interrupt ends the reading of a stream of HTTP/2, and of that alone. */
    private byte[] readInTime() {
        var limit = new TimeLimit(limits.receive());
        try {
            byte[] bytes = read();
            if (limit.end()) {
                endConnection();
                throw tooSlow(limits);
            }
            return bytes;
        } finally {
            limit.end();
        }
    }

    static Problem tooSlow(Limits limits) {
        return Problem.of(
                408,
                "The request did not come within " + limits.receive().toMillis() + " ms",
                Problem.INVALID_REQUEST,
                "request_timeout");
    }

    static Problem tooLarge(Limits limits) {
        return Problem.of(
                413,
                "The body is larger than " + limits.bodyBytes() + " bytes",
                Problem.INVALID_REQUEST,
                "request_too_large");
    }

    /** From here on the client's end is noticed; what is read is no more of this request. */
    void watch() {
        if (peer != null) {
            peer.watch();
        }
    }

    int stream() {
        return request.id();
    }

    /** A header of the answer; before it begins. */
    public void replyHeader(String name, String value) {
        response.header(HeaderNames.create(name), value);
    }

    /** Answers with JSON. */
    public void reply(int code, JsonNode json) {
        reply(code, "application/json", Json.bytes(json));
    }

    /**
     * Answers.
     *
     * @throws ClientGone where nobody hears it
     */
    public void reply(int code, String contentType, byte[] bytes) {
        begin(code, contentType);
        try {
            if (method().equals("HEAD")) {
                response.send();
            } else {
                response.send(bytes);
            }
        } catch (RuntimeException e) {
            clientIsGone();
            throw new ClientGone(e);
        }
    }

    private void begin(int code, String contentType) {
        if (status != 0) {
            throw new IllegalStateException("The exchange was answered already, with " + status);
        }
        if (clientGone) {
            throw new ClientGone();
        }
        status = code;
        response.status(Status.create(code));
        replyHeader("Content-Type", contentType);
        dialect().idHeaders().forEach(name -> replyHeader(name, id));
    }

    /** Answers with server-sent events: status and headers are sent at once. */
    public EventSink events() {
        begin(200, "text/event-stream");
        replyHeader("Cache-Control", "no-cache");
        replyHeader("X-Accel-Buffering", "no"); // nginx would hold the events back
        AnswerStream opened = new AnswerStream(response.outputStream(), this, limits, ": \n\n");
        stream = opened;
        return new EventSink(opened);
    }

    /** Answers with JSON lines. */
    public LineSink lines() {
        begin(200, "application/x-ndjson");
        AnswerStream opened = new AnswerStream(response.outputStream(), this, limits, "");
        stream = opened;
        return new LineSink(opened);
    }

    /** Whether nobody hears an answer any more, or is to have one. */
    public boolean isOver() {
        return clientGone || aborted != null;
    }

    /** @throws ClientGone or the problem that ended it, where {@link #isOver} */
    public void check() {
        Problem problem = aborted;
        if (problem != null) {
            throw problem;
        }
        if (clientGone) {
            throw new ClientGone();
        }
    }

    boolean isClientGone() {
        return clientGone;
    }

    /**
     * Whether this is the last exchange of its connection; over HTTP/2: whether the client is to send no more of it.
     */
    boolean endsConnection() {
        return endsConnection || !isHttp2() && (isClose(request.headers()) || isClose(response.headers()));
    }

    private static boolean isClose(Headers headers) {
        return headers.containsToken(HeaderValues.CONNECTION_CLOSE);
    }

    void endConnection() {
        endsConnection = true;
        if (peer != null) {
            peer.leavesUnread();
        }
        if (!isHttp2()) {
            replyHeader("Connection", "close");
        }
    }

    private boolean isHttp2() {
        return request.prologue().protocolVersion().startsWith("2");
    }

    /** Runs {@code action} as soon as {@link #isOver}, on any thread: it must not block. */
    public void whenOver(Runnable action) {
        endings.lock();
        try {
            if (!isOver()) {
                whenOver.add(action);
                return;
            }
        } finally {
            endings.unlock();
        }
        action.run();
    }

    void clientIsGone() {
        clientGone = true;
        tellOver();
    }

    /** Whether the answer is told bit by bit, and so waits for its reader. */
    public boolean isStreamed() {
        return stream != null;
    }

    /**
     * Ends it, and its connection, as if the client had left: it does not read what it asked for. From any thread.
     *
     * @param why one word for those who watch
     */
    public void giveUp(String why) {
        if (givenUp == null) {
            givenUp = why;
            LOG.log(
                    System.Logger.Level.WARNING,
                    () -> id + ": " + caller + " does not read the answer of " + route.path() + ", is given up: "
                            + why);
        }
        clientIsGone();
        AnswerStream open = stream;
        if (open != null) {
            open.leave();
        }
    }

    /** Why the client was given up; empty where it was not. */
    public Optional<String> givenUp() {
        return Optional.ofNullable(givenUp);
    }

    /** Ends it with a problem: the server is closed, and cannot wait. */
    void abort(Problem problem) {
        aborted = problem;
        tellOver();
    }

    private void tellOver() {
        List<Runnable> all;
        endings.lock();
        try {
            all = List.copyOf(whenOver);
            whenOver.clear();
        } finally {
            endings.unlock();
        }
        all.forEach(Runnable::run);
    }

    /** 0: not answered yet. */
    int status() {
        return status;
    }

    /** Tells the problem where that is still possible. */
    void fail(Problem problem) {
        AnswerStream open = stream;
        if (open != null) {
            open.fail(dialect(), problem);
        } else if (status == 0) {
            problem.retryAfter().ifPresent(after -> {
                replyHeader(
                        "Retry-After",
                        Long.toString(Math.max(1, after.plusMillis(999).toSeconds())));
                replyHeader("retry-after-ms", Long.toString(Math.max(1, after.toMillis())));
            });
            if (problem.status() == NOT_IMPLEMENTED) {
                replyHeader("x-should-retry", "false"); // clients take it for a failure that passes
            }
            reply(problem.status(), dialect().body(problem));
        }
    }

    /** After the handler: what it left open is closed. */
    void finish() {
        AnswerStream open = stream;
        if (open != null) {
            open.close();
        }
    }

    /** Sends the end of a body that came bit by bit. */
    void commit() {
        if (response instanceof RoutingResponse routing) {
            routing.commit();
        }
    }
}
