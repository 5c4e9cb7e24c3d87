package dev.gatun.onednn;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.gatun.onednn.gen.Dnnl;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GeneratedCodeTest {
    private static final Path GENERATED = Path.of("src/generated/java");
    private static final Path JEXTRACT = Path.of("jextract");

    @Test
    void isWhatJextractWrote() throws Exception {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(GENERATED)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                String name = GENERATED.relativize(file).toString().replace('\\', '/');
                lines.add(HexFormat.of().formatHex(hash) + "  ./" + name);
            }
        }
        assertThat(lines)
                .as("generated sources are never edited: run bindings/jextract/regenerate")
                .containsExactlyInAnyOrderElementsOf(Files.readAllLines(JEXTRACT.resolve("SHA256")));
    }

    @Test
    void hasEveryListedFunctionAndConstantAndNoOther() throws IOException {
        List<String> listed = Files.readAllLines(JEXTRACT.resolve("symbols.txt")).stream()
                .filter(line -> line.startsWith("--include-function") || line.startsWith("--include-constant"))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
        // A function declared without a prototype becomes a class that makes its handle.
        List<String> generated = Stream.concat(
                        Stream.of(Dnnl.class.getDeclaredMethods()).map(Method::getName),
                        Stream.of(Dnnl.class.getClasses()).map(Class::getSimpleName))
                .filter(name -> !name.contains("$"))
                .toList();
        assertThat(generated).containsExactlyInAnyOrderElementsOf(listed);
    }

    @Test
    void isNotExported() {
        Module module = OneDnn.class.getModule();
        assertThat(module.isExported("dev.gatun.onednn.gen")).isFalse();
        assertThat(module.isExported("dev.gatun.onednn")).isTrue();
    }

    @Test
    void doesNotKnowTheTypedLayer() {
        noClasses()
                .that()
                .resideInAPackage("dev.gatun.onednn.gen")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.gatun.onednn")
                .check(production());
    }

    @Test
    void keepsTheMethodHandlesToItselfButForTwo() {
        noClasses()
                .that()
                .resideInAPackage("dev.gatun.onednn")
                .and()
                .doNotBelongToAnyOf(Holding.class, Team.class)
                .should()
                .dependOnClassesThat()
                .areAssignableTo(MethodHandle.class)
                .check(production());
    }

    private static JavaClasses production() {
        return new ClassFileImporter().importPath(Path.of("target/classes/dev/gatun/onednn"));
    }
}
