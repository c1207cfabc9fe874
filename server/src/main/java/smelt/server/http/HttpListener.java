package smelt.server.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.http.http2.Http2ErrorCode;
import io.helidon.http.http2.Http2Exception;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import io.helidon.webserver.http2.Http2Upgrader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Listens, and hands each request to its route. */
public final class HttpListener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HttpListener.class.getName());
    /** Kept, or its level would be forgotten. */
    private static final Logger LIBRARY = Logger.getLogger("io.helidon");

    private static final int CLIENT_LEFT = 499;
    /** How often, within the time that a connection may be idle, it is looked at. */
    private static final int LOOKS = 10;

    private final Router router;
    private final Gate gate;
    private final Limits limits;
    private final List<RequestObserver> observers;
    private final Peers peers;
    private final Set<Exchange> open = ConcurrentHashMap.newKeySet();
    private final WebServer server;

    private HttpListener(
            InetSocketAddress address, HttpSettings settings, List<Route> routes, List<RequestObserver> observers) {
        router = new Router(routes);
        gate = new Gate(settings, address.getAddress().isLoopbackAddress());
        limits = settings.limits();
        peers = new Peers(limits);
        this.observers = List.copyOf(observers);
        LIBRARY.setLevel(Level.OFF);
        Http1Config http1 =
                Http1Config.builder().maxHeadersSize(limits.headerBytes()).build();
        Http2Config http2 =
                Http2Config.builder().maxHeaderListSize(limits.headerBytes()).build();
        var builder = WebServer.builder()
                .shutdownHook(false)
                .bindAddress(address)
                .connectionOptions(socket -> socket.tcpNoDelay(true))
                .maxPayloadSize(limits.bodyBytes())
                .idleConnectionTimeout(limits.idle())
                .idleConnectionPeriod(limits.idle().dividedBy(LOOKS).plusMillis(1))
                .protocolsDiscoverServices(false)
                .addConnectionSelector(peers.watched(
                        Http1ConnectionSelector.builder()
                                .config(http1)
                                .addUpgrader(peers.watched(Http2Upgrader.create(http2)))
                                .build(),
                        Http2ConnectionSelector.builder().http2Config(http2).build()))
                .directHandlers(directHandlers())
                .routing(HttpRouting.builder().any(this::handle));
        settings.tls().map(TlsFiles::read).ifPresent(builder::tls);
        server = builder.build();
    }

    /**
     * Starts to listen.
     *
     * @throws Failure INVALID_ARGUMENT for an address that others can reach while no key is set; UNAVAILABLE where it
     *     cannot be had; as {@link TlsFiles} says where these cannot be used
     */
    public static HttpListener start(HttpSettings settings, List<Route> routes, List<RequestObserver> observers) {
        InetSocketAddress address = settings.address();
        HttpListener listener = new HttpListener(address, settings, routes, observers);
        listener.server.start();
        if (!listener.server.isRunning()) {
            throw cannotListen(address);
        }
        return listener;
    }

    /** The library tells only that it did not start; trying again tells why. */
    private static Failure cannotListen(InetSocketAddress address) {
        String where = address.getHostString() + ":" + address.getPort();
        Failure failure = Failure.of(FailureCode.UNAVAILABLE, where + " cannot be listened on");
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(address);
            return failure;
        } catch (IOException e) {
            return Failure.of(FailureCode.UNAVAILABLE, where + " cannot be listened on: " + e.getMessage())
                    .withNextStep("another program may have the port: --port takes another, 0 any free one")
                    .withCause(e);
        }
    }

    public int port() {
        return server.port();
    }

    /** Exchanges that are not answered to their end. */
    public int openExchanges() {
        return open.size();
    }

    /** Ends all exchanges with {@code problem}; their handlers go on until they notice. */
    public void abort(Problem problem) {
        open.forEach(exchange -> exchange.abort(problem));
    }

    /** What is wrong before there is an exchange: a broken request line, a header or a body that is too large. */
    private DirectHandlers directHandlers() {
        DirectHandlers.Builder all = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            all.addHandler(type, (request, event, status, headers, message) -> {
                Problem problem = broken(status, message);
                return DirectHandler.TransportResponse.builder()
                        .status(status)
                        .headers(headers)
                        .header(HeaderNames.CONTENT_TYPE, "application/json")
                        .keepAlive(false)
                        .entity(Json.bytes(Dialect.OPENAI.body(problem)))
                        .build();
            });
        }
        return all.build();
    }

    private Problem broken(Status status, @Nullable String message) {
        if (status.code() == 408) {
            return Exchange.tooSlow(limits);
        }
        return status.code() == 413
                ? Exchange.tooLarge(limits)
                : Problem.of(
                        status.code(),
                        message == null || message.isEmpty() ? status.reasonPhrase() : message,
                        status.code() < 500 ? Problem.INVALID_REQUEST : Problem.SERVER_ERROR,
                        "bad_request");
    }

    private void handle(ServerRequest request, ServerResponse response) {
        Router.Found found =
                router.find(request.prologue().method().text(), request.path().path());
        Peer peer = peers.at(request.remotePeer().address());
        Exchange exchange = new Exchange(request, response, found.route(), found.tail(), limits, peer);
        long began = System.nanoTime();
        open.add(exchange);
        if (peer != null) {
            peer.add(exchange, request.content().hasEntity());
        }
        boolean heard = false;
        try {
            observers.forEach(observer -> observer.began(exchange));
            heard = answer(exchange);
        } finally {
            if (peer != null) {
                peer.remove(exchange);
            }
            open.remove(exchange);
            int status = heard ? exchange.status() : CLIENT_LEFT;
            Duration time = Duration.ofNanos(System.nanoTime() - began);
            observers.forEach(observer -> observer.ended(exchange, status, time));
        }
        if (!heard || exchange.endsConnection()) {
            // over HTTP/2 this ends the stream alone
            throw heard
                    ? new CloseConnectionException(
                            "No more of it is read", new Http2Exception(Http2ErrorCode.NO_ERROR, "answered"))
                    : new CloseConnectionException("The client is gone");
        }
    }

    /** Returns whether the client was there to the end. */
    private boolean answer(Exchange exchange) {
        try {
            try {
                gate.check(exchange);
                exchange.route().handler().handle(exchange);
                if (exchange.status() == 0) {
                    throw new IllegalStateException(exchange.route().path() + " did not answer");
                }
            } catch (ClientGone e) {
                throw e;
            } catch (Throwable e) {
                if (exchange.isClientGone()) {
                    return false;
                }
                exchange.fail(problem(e, exchange));
            }
            exchange.finish();
            return true;
        } catch (ClientGone e) {
            return false;
        }
    }

    private Problem problem(Throwable e, Exchange exchange) {
        return switch (e) {
            case RequestException broken -> {
                exchange.endConnection(); // where its body ends is not known
                yield broken(broken.status(), broken.getMessage());
            }
            case Problem problem -> problem;
            case Failure failure -> Problem.of(failure);
            case InterruptedException interrupted ->
                Problem.unavailable("The server is being closed", Duration.ofSeconds(5))
                        .withCause(interrupted);
            case Throwable other -> {
                LOG.log(System.Logger.Level.ERROR, exchange.method() + " " + exchange.path(), other);
                yield Problem.internal(other);
            }
        };
    }

    @Override
    public void close() {
        server.stop();
    }
}
