package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloaderTest {
    private static final int SIZE = 300_000;
    private static final int PART = 100_000;
    private static final String TAG = "\"v1\"";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final byte[] content = new byte[SIZE];
    private final Downloader downloader = new Downloader();
    private String sha256 = "";

    @TempDir
    private Path directory;

    @BeforeEach
    void fill() throws GeneralSecurityException {
        for (int i = 0; i < SIZE; i++) {
            content[i] = (byte) (i * 31 + i / 251);
        }
        sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private Path target() {
        return directory.resolve("cache/weights/resnet.pth");
    }

    private Path part() {
        return directory.resolve("cache/weights/resnet.pth.part");
    }

    private Downloader.Request request(URI uri) {
        return new Downloader.Request("resnet/V1", uri, FileDigest.sha256(sha256.substring(0, 8)), SIZE, target());
    }

    private Downloader.Request request(LoopbackServer server) {
        return request(server.uri("/models/resnet.pth"));
    }

    private byte[] firstPart() {
        return Arrays.copyOf(content, PART);
    }

    private byte[] rest() {
        return Arrays.copyOfRange(content, PART, SIZE);
    }

    private static String ok(int length) {
        return "200 OK\nETag: " + TAG + "\nContent-Length: " + length;
    }

    private LoopbackServer whole() throws IOException {
        return new LoopbackServer((headers, out) -> LoopbackServer.respond(out, ok(SIZE), content));
    }

    private AbstractThrowableAssert<?, ?> assertFails(Downloader.Request request) {
        return assertThatThrownBy(() -> downloader.obtain(request, DownloadListener.NONE))
                .isInstanceOf(DownloadException.class)
                .hasMessageContaining("resnet/V1")
                .hasMessageContaining(request.uri().toString())
                .hasMessageContaining(sha256.substring(0, 8))
                .hasMessageContaining(target().toAbsolutePath().toString());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(target().getParent())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Leaves the first part of the file, as a connection does that ends too early. */
    private void breakOff() throws IOException {
        // On a busy machine Java's client may give up before it has passed on the last bytes that came.
        for (int attempt = 0; attempt < 10 && (attempt == 0 || Files.size(part()) < PART); attempt++) {
            Files.deleteIfExists(part());
            try (LoopbackServer server =
                    new LoopbackServer((headers, out) -> LoopbackServer.respond(out, ok(SIZE), firstPart()))) {
                assertFails(request(server)).hasMessageContaining("of " + SIZE + " bytes (closed)");
            }
        }
        assertThat(part()).hasBinaryContent(firstPart());
        assertThat(target()).doesNotExist();
    }

    @Test
    void downloadsOnceAndTellsHowFarItIs() throws IOException {
        List<Long> progress = new ArrayList<>();
        try (LoopbackServer server = whole()) {
            Path path = downloader.obtain(request(server), (soFar, total) -> {
                assertThat(total).isEqualTo(SIZE);
                progress.add(soFar);
            });
            assertThat(path).isEqualTo(target().toAbsolutePath()).hasBinaryContent(content);
            assertThat(progress).isSorted().startsWith(0L).endsWith((long) SIZE);
            assertThat(downloader.obtain(request(server), DownloadListener.NONE))
                    .isEqualTo(path);
            assertThat(server.requests()).hasSize(1);
            assertThat(server.requests().getFirst()).doesNotContainKey("range");
        }
        assertThat(files()).containsExactly("resnet.pth", "resnet.pth.lock");
    }

    @Test
    void usesAFileThatWasPutThereWithoutTheNetwork() throws IOException {
        Files.createDirectories(target().getParent());
        Files.write(target(), content);
        try (LoopbackServer server = whole()) {
            assertThat(downloader.obtain(request(server), DownloadListener.NONE))
                    .hasBinaryContent(content);
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void refusesAFileThatWasPutThereAndIsAnother() throws IOException {
        Files.createDirectories(target().getParent());
        Files.write(target(), firstPart());
        try (LoopbackServer server = whole()) {
            assertFails(request(server)).hasMessageContaining("remove it first");
            assertThat(server.requests()).isEmpty();
        }
        assertThat(target()).hasBinaryContent(firstPart());
    }

    @Test
    void continuesWhatBrokeOff() throws IOException {
        breakOff();
        List<Long> progress = new ArrayList<>();
        try (LoopbackServer server = new LoopbackServer((headers, out) -> LoopbackServer.respond(
                out,
                "206 Partial Content\nContent-Range: bytes " + PART + "-" + (SIZE - 1) + "/" + SIZE
                        + "\nContent-Length: " + (SIZE - PART),
                rest()))) {
            assertThat(downloader.obtain(request(server), (soFar, total) -> progress.add(soFar)))
                    .hasBinaryContent(content);
            assertThat(server.requests().getFirst())
                    .containsEntry("range", "bytes=" + PART + "-")
                    .containsEntry("if-range", TAG);
        }
        assertThat(progress).startsWith((long) PART).endsWith((long) SIZE);
        assertThat(files()).containsExactly("resnet.pth", "resnet.pth.lock");
    }

    @Test
    void startsAnewWhereTheServerSendsTheWholeFile() throws IOException {
        breakOff();
        try (LoopbackServer server = whole()) {
            assertThat(downloader.obtain(request(server), DownloadListener.NONE))
                    .hasBinaryContent(content);
            assertThat(server.requests().getFirst()).containsKey("range");
        }
    }

    @Test
    void startsAnewWhereTheServerGaveNoStrongTag() throws IOException {
        for (String tag : List.of("", "\nETag: W/" + TAG)) {
            try (LoopbackServer server = new LoopbackServer((headers, out) ->
                    LoopbackServer.respond(out, "200 OK\nContent-Length: " + SIZE + tag, firstPart()))) {
                assertFails(request(server)).hasMessageContaining("broke off");
                assertFails(request(server)).hasMessageContaining("broke off");
                assertThat(server.requests()).hasSize(2).noneMatch(headers -> headers.containsKey("range"));
            }
        }
    }

    @Test
    void refusesARangeItDidNotAskFor() throws IOException {
        for (String range : List.of("bytes 0-99/300000", "bytes 100000-/*", "")) {
            breakOff();
            try (LoopbackServer server = new LoopbackServer((headers, out) -> LoopbackServer.respond(
                    out, "206 Partial Content\nContent-Length: 0\nContent-Range: " + range, new byte[0]))) {
                assertFails(request(server)).hasMessageContaining("asked for was from byte " + PART);
            }
            assertThat(part()).hasBinaryContent(firstPart());
        }
    }

    @Test
    void removesAPartThatTheServerCannotContinue() throws IOException {
        breakOff();
        try (LoopbackServer server = new LoopbackServer((headers, out) ->
                LoopbackServer.respond(out, "416 Range Not Satisfiable\nContent-Length: 0", new byte[0]))) {
            assertFails(request(server)).hasMessageContaining("try again");
        }
        assertThat(files()).containsExactly("resnet.pth.lock");
    }

    /** All that Keras publishes. */
    @Test
    void verifiesAnMd5() throws Exception {
        String md5 = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
        Files.createDirectories(target().getParent());
        Files.write(target(), content);
        URI nowhere = URI.create("http://127.0.0.1:9/unused");
        assertThat(downloader.obtain(
                        new Downloader.Request("keras", nowhere, FileDigest.md5(md5), SIZE, target()),
                        DownloadListener.NONE))
                .isEqualTo(target());
        Files.write(target(), firstPart());
        assertThatThrownBy(() -> downloader.obtain(
                        new Downloader.Request("keras", nowhere, FileDigest.md5(md5), SIZE, target()),
                        DownloadListener.NONE))
                .isInstanceOf(DownloadException.class)
                .hasMessageContaining("its MD5 is")
                .hasMessageContaining("MD5 starting with " + md5);
        assertThatThrownBy(() -> FileDigest.md5(md5.substring(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32");
    }

    @Test
    void keepsNothingThatHasAnotherHash() throws IOException {
        content[SIZE - 1]++;
        try (LoopbackServer server = whole()) {
            assertFails(request(server)).hasMessageContaining("has the SHA-256");
        }
        assertThat(files()).containsExactly("resnet.pth.lock");
    }

    @Test
    void takesNoMoreThanTheFileCanHave() throws IOException {
        byte[] larger = Arrays.copyOf(content, SIZE + 1);
        for (String length : List.of("\nContent-Length: " + larger.length, "")) {
            try (LoopbackServer server =
                    new LoopbackServer((headers, out) -> LoopbackServer.respond(out, "200 OK" + length, larger))) {
                assertFails(request(server)).hasMessageContaining("expected at most " + SIZE);
            }
            assertThat(files()).containsExactly("resnet.pth.lock");
        }
    }

    @Test
    void saysWhatTheServerAnswered() throws IOException {
        for (String status : List.of("404 Not Found", "503 Service Unavailable")) {
            try (LoopbackServer server = new LoopbackServer(
                    (headers, out) -> LoopbackServer.respond(out, status + "\nContent-Length: 0", new byte[0]))) {
                assertFails(request(server)).hasMessageContaining("status " + status.substring(0, 3));
                assertThat(server.requests()).hasSize(1);
            }
        }
    }

    @Test
    void saysThatThereIsNoConnection() throws IOException {
        int port;
        try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = unused.getLocalPort();
        }
        assertFails(request(URI.create("http://localhost:" + port + "/resnet.pth")))
                .hasMessageContaining("localhost cannot be reached (no connection)");
    }

    @Test
    void givesUpOnAServerThatFallsSilent() throws IOException {
        LoopbackServer[] self = new LoopbackServer[1];
        Downloader impatient = new Downloader(HttpClient::newHttpClient, Duration.ofMillis(300));
        try (LoopbackServer server = new LoopbackServer((headers, out) -> {
            LoopbackServer.respond(out, ok(SIZE), firstPart());
            self[0].hang();
        })) {
            self[0] = server;
            assertThatThrownBy(() -> impatient.obtain(request(server), DownloadListener.NONE))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("broke off after " + PART);
        }
        assertThat(part()).hasBinaryContent(firstPart());
    }

    @Test
    void followsRedirectsToHttpsOnly() throws Exception {
        SSLContext tls = selfSigned();
        Downloader trusting =
                new Downloader(() -> HttpClient.newBuilder().sslContext(tls).build(), PATIENCE);
        try (LoopbackServer safe = new LoopbackServer(
                        tls.getServerSocketFactory(),
                        "https",
                        (headers, out) -> LoopbackServer.respond(out, ok(SIZE), content));
                LoopbackServer toHttps = redirectTo(safe.uri("/moved"));
                LoopbackServer toHttp = redirectTo(toHttps.uri("/moved"))) {
            assertFails(request(toHttp)).hasMessageContaining("not https");
            assertThat(toHttps.requests()).isEmpty();
            assertThat(trusting.obtain(request(toHttps), DownloadListener.NONE)).hasBinaryContent(content);
        }
    }

    private static LoopbackServer redirectTo(URI uri) throws IOException {
        return new LoopbackServer((headers, out) ->
                LoopbackServer.respond(out, "302 Found\nContent-Length: 0\nLocation: " + uri, new byte[0]));
    }

    /** A context that has a certificate of its own for localhost and trusts nothing else. */
    private SSLContext selfSigned() throws GeneralSecurityException, IOException, InterruptedException {
        Path file = directory.resolve("localhost.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "localhost",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-keyalg",
                        "EC",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "password",
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, "password".toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, "password".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("localhost", keys.getCertificate("localhost"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void downloadsOnceForTwoAtOnce() throws IOException {
        try (LoopbackServer server = whole()) {
            List<CompletableFuture<Path>> both = Stream.of(new Downloader(), new Downloader())
                    .map(each -> CompletableFuture.supplyAsync(
                            () -> each.obtain(request(server), DownloadListener.NONE),
                            work -> Thread.ofPlatform().start(work)))
                    .toList();
            assertThat(both).allSatisfy(path -> assertThat(path.join()).hasBinaryContent(content));
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void keepsTheInterruptOfItsThread() throws IOException {
        try (LoopbackServer server = whole()) {
            Thread.currentThread().interrupt();
            assertFails(request(server)).hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(target()).doesNotExist();
    }

    @Test
    void putsCatalogueEntriesIntoTheCache() throws IOException {
        CatalogEntry row = WeightsCatalog.find("resnet18").orElseThrow();
        try (LoopbackServer server = whole()) {
            CatalogEntry local = new CatalogEntry(
                    row.name(),
                    server.uri("/models/resnet18-f37072fd.pth"),
                    FileDigest.sha256(sha256.substring(0, 8)),
                    1,
                    row.parameters(),
                    row.top1(),
                    row.top5(),
                    row.preprocessing(),
                    row.recipe(),
                    row.license());
            WeightsCache cache = new WeightsCache(directory.resolve("mine"));
            assertThat(cache.holds(local)).isFalse();
            assertThat(cache.obtain(local, downloader, DownloadListener.NONE))
                    .isEqualTo(directory.resolve("mine/resnet18-f37072fd.pth").toAbsolutePath())
                    .hasBinaryContent(content);
            assertThat(cache.holds(local)).isTrue();
        }
    }
}
