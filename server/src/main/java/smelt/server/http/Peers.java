package smelt.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** The open connections, by the address of the other end. */
final class Peers {
    private final Map<SocketAddress, Peer> open = new ConcurrentHashMap<>();

    @Nullable
    Peer at(SocketAddress remote) {
        return open.get(remote);
    }

    /** The same protocol, whose connections are known here. */
    ServerConnectionSelector watched(ServerConnectionSelector selector, boolean http2) {
        return new Selector(selector, http2);
    }

    /** The same upgrade to HTTP/2, which is noticed here. */
    Http1Upgrader watched(Http1Upgrader upgrader) {
        return new Upgrader(upgrader);
    }

    private final class Selector implements ServerConnectionSelector {
        private final ServerConnectionSelector inner;
        private final boolean http2;

        Selector(ServerConnectionSelector inner, boolean http2) {
            this.inner = inner;
            this.http2 = http2;
        }

        @Override
        public int bytesToIdentifyConnection() {
            return inner.bytesToIdentifyConnection();
        }

        @Override
        public Support supports(BufferData data) {
            return inner.supports(data);
        }

        @Override
        public Set<String> supportedApplicationProtocols() {
            return inner.supportedApplicationProtocols();
        }

        @Override
        public ServerConnection connection(ConnectionContext context) {
            Peer peer = new Peer(context.dataReader());
            if (http2) {
                peer.speaksHttp2();
            }
            SocketAddress remote = context.remotePeer().address();
            open.put(remote, peer);
            return new Connection(inner.connection(new Context(context, peer)), peer, remote);
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
        private final ServerConnection inner;
        private final Peer peer;
        private final SocketAddress remote;

        Connection(ServerConnection inner, Peer peer, SocketAddress remote) {
            this.inner = inner;
            this.peer = peer;
            this.remote = remote;
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            try {
                inner.handle(limit);
            } finally {
                open.remove(remote, peer);
                peer.end();
            }
        }

        @Override
        public Duration idleTime() {
            return peer.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            inner.close(interrupt);
        }
    }

    /** Reads by way of the peer. */
    private record Context(ConnectionContext inner, Peer peer) implements ConnectionContext {
        @Override
        public ListenerContext listenerContext() {
            return inner.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return inner.executor();
        }

        @Override
        public DataWriter dataWriter() {
            return inner.dataWriter();
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
