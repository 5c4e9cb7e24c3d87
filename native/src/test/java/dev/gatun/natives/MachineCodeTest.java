package dev.gatun.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.natives.MachineCode.Listing;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MachineCodeTest {
    private static final Path LISTING = Path.of("src/main/asm");

    private static boolean here() {
        return System.getProperty("os.name", "").equals("Linux")
                && Platform.current().arch().equals("x86_64");
    }

    private static void assumeTool(String name) {
        try {
            assumeTrue(
                    new ProcessBuilder(name, "--version").start().waitFor() == 0,
                    () -> "skipped: " + name + " of binutils does not work here");
        } catch (IOException e) {
            abort("skipped: there is no " + name + " of binutils here");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tableIsWhatTheListingAssemblesTo(Listing listing) throws IOException, InterruptedException {
        assumeTrue(here(), "skipped: the assembler of another platform makes other code");
        assumeTool("as");
        assumeTool("objcopy");
        Process assemble = new ProcessBuilder(
                        LISTING.resolve("assemble").toString(),
                        listing.resource().replace(".hex", ""))
                .redirectErrorStream(true)
                .start();
        String assembled = new String(assemble.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(assemble.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(assembled)
                .isEqualTo(Files.readString(Path.of("src/main/resources/dev/gatun/natives", listing.resource())));
    }

    @Test
    void everyLoopHasCode() {
        for (MultiplyLoop loop : MultiplyLoop.values()) {
            assertThat(MachineCode.table(Listing.LOOPS)).containsKey(loop.function());
        }
        for (ReadLoop loop : ReadLoop.values()) {
            assertThat(MachineCode.table(Listing.LOOPS)).containsKey(loop.function());
        }
    }

    @Test
    void saysWhyItCannotRunElsewhere() {
        assumeTrue(!here(), "skipped: the loops run here");
        assertThat(MultiplyLoop.F32_AVX2.obstacle())
                .hasValueSatisfying(reason -> assertThat(reason).contains("linux-x86_64"));
    }

    @ParameterizedTest
    @EnumSource
    void refusesAnIsaThatTheProcessLacks(MultiplyLoop loop) {
        assumeTrue(loop.obstacle().isPresent(), () -> "skipped: " + loop + " runs here");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = loop.allocate(arena);
            assertThatThrownBy(() -> loop.run(data, 1))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining(loop.obstacle().orElseThrow());
        }
    }

    @Test
    void featureNeedsEveryBit() {
        int[] all = {-1, -1, -1, -1, -1, -1, -1, 0};
        int[] noTilesSaved = {-1, -1, -1, -1, -1, 0b1110_0111, -1, 0};
        int[] notPermitted = {-1, -1, -1, -1, -1, -1, 0b111, 0};
        for (CpuFeature feature : CpuFeature.values()) {
            boolean amx = feature.name().startsWith("AMX");
            assertThat(feature.in(all)).isTrue();
            assertThat(feature.in(noTilesSaved)).isEqualTo(!amx);
            assertThat(feature.in(notPermitted)).isEqualTo(!amx);
            assertThat(feature.in(new int[CpuFeature.WORDS + 1])).isFalse();
        }
    }

    @Test
    void agreesWithTheKernelAboutAvx2() {
        assumeTrue(here(), "skipped: no machine code for this platform");
        assertThat(MultiplyLoop.F32_AVX2.obstacle().isEmpty())
                .isEqualTo(Machine.current().cpuFlags().contains("avx2"));
    }

    @ParameterizedTest
    @EnumSource
    void sumsWhatItReads(ReadLoop loop) {
        assumeTrue(loop.obstacle().isEmpty(), () -> "skipped: " + loop.obstacle());
        try (Arena arena = Arena.ofConfined()) {
            int words = 3 * ReadLoop.BLOCK / Long.BYTES;
            MemorySegment data = arena.allocate(words * (long) Long.BYTES, 64);
            long sum = 0;
            for (int i = 0; i < words; i++) {
                long word = (i + 1) * 0x9e3779b97f4a7c15L;
                data.setAtIndex(ValueLayout.JAVA_LONG, i, word);
                sum += word;
            }
            assertThat(loop.run(data, 1)).isEqualTo(sum);
            assertThat(loop.run(data, 5)).isEqualTo(5 * sum);
        }
    }

    @Test
    void refusesMemoryItCannotWorkOn() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(2 * ReadLoop.BLOCK, 64);
            ReadLoop read = ReadLoop.READ_AVX2;
            assertThatThrownBy(() -> read.run(block.asSlice(0, 8), 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> read.run(block.asSlice(8, ReadLoop.BLOCK), 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> read.run(MemorySegment.ofArray(new long[64]), 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> read.run(block, 0)).hasMessageContaining("passes");
            MultiplyLoop loop = MultiplyLoop.F32_AVX2;
            assertThatThrownBy(() -> loop.run(block, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> loop.run(loop.allocate(arena), 0)).hasMessageContaining("iterations");
        }
    }
}
