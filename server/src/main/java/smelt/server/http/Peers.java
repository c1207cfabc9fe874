package smelt.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** The open connections, by the address of the other end. */
final class Peers {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Limits limits;
    private final Map<SocketAddress, Peer> open = new ConcurrentHashMap<>();

    Peers(Limits limits) {
        this.limits = limits;
    }

    @Nullable
    Peer at(SocketAddress remote) {
        return open.get(remote);
    }

    /** Both protocols as one, whose connections are known here from their first byte on. */
    ServerConnectionSelector watched(ServerConnectionSelector http1, ServerConnectionSelector http2) {
        return new Selector(http1, http2);
    }

    /** The same upgrade to HTTP/2, which is noticed here. */
    Http1Upgrader watched(Http1Upgrader upgrader) {
        return new Upgrader(upgrader);
    }

    private final class Selector implements ServerConnectionSelector {
        private final ServerConnectionSelector http1;
        private final ServerConnectionSelector http2;

        Selector(ServerConnectionSelector http1, ServerConnectionSelector http2) {
            this.http1 = http1;
            this.http2 = http2;
        }

        @Override
        public int bytesToIdentifyConnection() {
            return 0;
        }

        @Override
        public Support supports(BufferData data) {
            return Support.SUPPORTED;
        }

        @Override
        public Set<String> supportedApplicationProtocols() {
            Set<String> all = new LinkedHashSet<>(http2.supportedApplicationProtocols());
            all.addAll(http1.supportedApplicationProtocols());
            return all;
        }

        @Override
        public ServerConnection connection(ConnectionContext context) {
            return new Connection(this, context);
        }
    }

    private final class Upgrader implements Http1Upgrader {
        private final Http1Upgrader inner;

        Upgrader(Http1Upgrader inner) {
            this.inner = inner;
        }

        @Override
        public String supportedProtocol() {
            return inner.supportedProtocol();
        }

        @Override
        public @Nullable ServerConnection upgrade(
                ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
            ServerConnection connection = inner.upgrade(context, prologue, headers);
            Peer peer = at(context.remotePeer().address());
            if (connection != null && peer != null) {
                peer.speaksHttp2();
            }
            return connection;
        }
    }

    private final class Connection implements ServerConnection {
        private final Selector selector;
        private final ConnectionContext context;
        private final Peer peer;
        private volatile @Nullable Thread thread;
        private volatile @Nullable ServerConnection inner;

        Connection(Selector selector, ConnectionContext context) {
            this.selector = selector;
            this.context = context;
            peer = new Peer(context.dataReader(), limits);
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            SocketAddress remote = context.remotePeer().address();
            thread = Thread.currentThread();
            open.put(remote, peer);
            try {
                boolean http2 = speaksHttp2();
                DataWriter writer = http2 ? context.dataWriter() : peer.writer(context.dataWriter());
                if (http2) {
                    peer.speaksHttp2();
                }
                ServerConnection chosen =
                        (http2 ? selector.http2 : selector.http1).connection(new Context(context, peer, writer));
                inner = chosen;
                chosen.handle(limit);
                peer.leavesUnread(); // it ends by itself where it could not read on
            } catch (RequestException | DataReader.InsufficientDataAvailableException e) {
                throw new CloseConnectionException("It never began to ask", e);
            } finally {
                if (peer.hasUnread()) {
                    peer.linger();
                }
                open.remove(remote, peer);
                peer.end();
            }
        }

        /** Whether it begins as RFC 9113, section 3.4 says. */
        private boolean speaksHttp2() {
            DataReader reader = peer.reader();
            reader.ensureAvailable();
            while (true) {
                int there = Math.min(reader.available(), PREFACE.length);
                byte[] begin = new byte[there];
                reader.getBuffer(there).read(begin);
                if (!Arrays.equals(begin, 0, there, PREFACE, 0, there)) {
                    return false;
                }
                if (there == PREFACE.length) {
                    return true;
                }
                reader.pullData();
            }
        }

        @Override
        public Duration idleTime() {
            return peer.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            ServerConnection chosen = inner;
            Thread waiting = thread;
            if (chosen != null) {
                chosen.close(interrupt || peer.isIdleTooLong());
            } else if (waiting != null) {
                waiting.interrupt();
            }
        }
    }

    /** Reads by way of the peer. */
    private record Context(ConnectionContext inner, Peer peer, DataWriter dataWriter) implements ConnectionContext {
        @Override
        public ListenerContext listenerContext() {
            return inner.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return inner.executor();
        }

        @Override
        public DataReader dataReader() {
            return peer.reader();
        }

        @Override
        public Router router() {
            return inner.router();
        }

        @Override
        public Optional<ProxyProtocolData> proxyProtocolData() {
            return inner.proxyProtocolData();
        }

        @Override
        public HelidonSocket serverSocket() {
            return inner.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return inner.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return inner.localPeer();
        }

        @Override
        public boolean isSecure() {
            return inner.isSecure();
        }

        @Override
        public String socketId() {
            return inner.socketId();
        }

        @Override
        public String childSocketId() {
            return inner.childSocketId();
        }
    }
}
