package dev.gatun.weights;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One attempt to complete a partial file over HTTP (RFC 9110: sections 13.1.5 If-Range, 14.4 Content-Range). */
final class Transfer {
    private static final int MAX_REDIRECTS = 5;
    private static final int CHUNK_BYTES = 1 << 16;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18})");

    private final HttpClient client;
    private final Duration stallTimeout;
    private final Downloader.Request request;
    private final PartialFile part;
    private final DownloadListener listener;

    Transfer(
            HttpClient client,
            Duration stallTimeout,
            Downloader.Request request,
            PartialFile part,
            DownloadListener listener) {
        this.client = client;
        this.stallTimeout = stallTimeout;
        this.request = request;
        this.part = part;
        this.listener = listener;
    }

    /** Completes the file; on failure keeps what arrived, unless it cannot be continued. */
    void run() throws IOException, InterruptedException {
        HttpResponse<InputStream> response = send();
        try (InputStream body = response.body()) {
            switch (response.statusCode()) {
                case 200 -> {
                    part.restart(response.headers().firstValue("ETag").orElse(""));
                    receive(
                            body,
                            0,
                            response.headers()
                                    .firstValueAsLong("Content-Length")
                                    .orElse(-1));
                }
                case 206 -> {
                    long[] startAndTotal = contentRange(response);
                    receive(body, startAndTotal[0], startAndTotal[1]);
                }
                case 416 -> {
                    part.delete();
                    throw new IOException(
                            "the server has no more than the part that is here, which is removed; try again");
                }
                default -> throw new IOException("the server answered with status " + response.statusCode());
            }
        }
    }

    private HttpResponse<InputStream> send() throws IOException, InterruptedException {
        URI uri = request.uri();
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            HttpResponse<InputStream> response = send(uri);
            if (response.statusCode() / 100 != 3) {
                return response;
            }
            response.body().close();
            URI from = uri;
            uri = response.headers()
                    .firstValue("Location")
                    .map(location -> from.resolve(location))
                    .orElseThrow(() -> new IOException("the server redirects to nowhere"));
            if (!"https".equals(uri.getScheme())) {
                throw new IOException("the server redirects to " + uri + ", which is not https");
            }
        }
        throw new IOException("the server redirects more than " + MAX_REDIRECTS + " times");
    }

    private HttpResponse<InputStream> send(URI uri) throws IOException, InterruptedException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(stallTimeout);
        long resumable = part.resumableBytes();
        if (resumable > 0) {
            builder.header("Range", "bytes=" + resumable + "-").header("If-Range", part.tag());
        }
        try {
            return client.send(builder.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (HttpTimeoutException e) {
            throw new IOException(uri.getHost() + " does not answer", e);
        } catch (ConnectException e) {
            String why = e.getCause() instanceof UnresolvedAddressException ? "its name is unknown" : "no connection";
            throw new IOException(uri.getHost() + " cannot be reached (" + why + ")", e);
        }
    }

    private long[] contentRange(HttpResponse<InputStream> response) throws IOException {
        String range = response.headers().firstValue("Content-Range").orElse("");
        Matcher matcher = CONTENT_RANGE.matcher(range);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) != part.resumableBytes()) {
            throw new IOException("the server answered with the range '" + range + "', asked for was from byte "
                    + part.resumableBytes());
        }
        return new long[] {Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))};
    }

    private void receive(InputStream body, long start, long total) throws IOException {
        requireWithinLimit(total);
        long received = start;
        try (OutputStream out =
                        Files.newOutputStream(part.path(), StandardOpenOption.WRITE, StandardOpenOption.APPEND);
                StallGuard guard = new StallGuard(body, stallTimeout)) {
            byte[] chunk = new byte[CHUNK_BYTES];
            listener.progress(received, total);
            for (int count = body.read(chunk); count >= 0; count = body.read(chunk)) {
                guard.progress();
                requireWithinLimit(received + count);
                out.write(chunk, 0, count);
                received += count;
                listener.progress(received, total);
            }
            if (guard.stalled() || (total >= 0 && received != total)) {
                throw new IOException("the connection ended");
            }
        } catch (IOException e) {
            throw new IOException(
                    "the download broke off after " + received + " of " + total + " bytes (" + e.getMessage() + ")", e);
        }
    }

    private void requireWithinLimit(long bytes) throws IOException {
        if (bytes > request.maxBytes()) {
            part.delete();
            throw new IOException(
                    "the server sends " + bytes + " bytes or more, expected at most " + request.maxBytes());
        }
    }
}
