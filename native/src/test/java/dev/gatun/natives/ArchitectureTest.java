package dev.gatun.natives;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.foreign.Linker;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private final JavaClasses main = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.gatun.natives");

    @Test
    void needsTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage("dev.gatun..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "dev.gatun.natives")
                .check(main);
    }

    @Test
    void nativeFunctionsAreCalledInThreePlaces() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(Posix.class.getName())
                .and()
                .doNotHaveFullyQualifiedName(OneDnnProbe.class.getName())
                .and()
                .doNotHaveFullyQualifiedName(MachineCode.class.getName())
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Linker.class)
                .check(main);
    }
}
