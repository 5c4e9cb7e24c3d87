package dev.gatun.weights;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ServerSocketFactory;

/** Answers each connection with one scripted response, also with such as a well-behaved server would not give. */
final class LoopbackServer implements AutoCloseable {
    /** Writes a response, status line and all; the connection is closed afterwards. */
    @FunctionalInterface
    interface Script {
        void answer(Map<String, String> headers, OutputStream out) throws IOException;
    }

    private final ServerSocket socket;
    private final String scheme;
    private final Script script;
    private final List<Map<String, String>> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    LoopbackServer(Script script) throws IOException {
        this(ServerSocketFactory.getDefault(), "http", script);
    }

    LoopbackServer(ServerSocketFactory sockets, String scheme, Script script) throws IOException {
        this.socket = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.scheme = scheme;
        this.script = script;
        Thread.ofPlatform().daemon().start(this::serve);
    }

    URI uri(String path) {
        return URI.create(scheme + "://localhost:" + socket.getLocalPort() + path);
    }

    /** The headers of each request so far, names in lower case. */
    List<Map<String, String>> requests() {
        return requests;
    }

    /** Keeps a client waiting until the test is over. */
    void hang() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void respond(OutputStream out, String statusAndHeaders, byte[] body) throws IOException {
        out.write(("HTTP/1.1 " + statusAndHeaders.replace("\n", "\r\n") + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread.ofPlatform().daemon().start(() -> answer(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void answer(Socket connection) {
        try (connection) {
            Map<String, String> headers = headers(new BufferedInputStream(connection.getInputStream()));
            requests.add(headers);
            script.answer(headers, connection.getOutputStream());
        } catch (IOException e) {
            // The client gave up, as some tests want.
            return;
        }
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("no request");
            }
            head.append((char) c);
        }
        Map<String, String> headers = new TreeMap<>();
        head.toString().lines().skip(1).filter(line -> line.contains(":")).forEach(line -> {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        });
        return headers;
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        socket.close();
    }
}
