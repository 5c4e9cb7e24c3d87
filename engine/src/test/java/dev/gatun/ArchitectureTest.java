package dev.gatun;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** Which room may know which. */
@AnalyzeClasses(packages = "dev.gatun", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static void arrowsPointOneWay(JavaClasses classes) {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.gatun..")
                .layer("natives")
                .definedBy("dev.gatun.natives")
                .layer("onednn")
                .definedBy("dev.gatun.onednn..")
                .layer("spec")
                .definedBy("dev.gatun.spec")
                .layer("graph")
                .definedBy("dev.gatun.graph")
                .layer("image")
                .definedBy("dev.gatun.image")
                .layer("weights")
                .definedBy("dev.gatun.weights")
                .layer("onnx")
                .definedBy("dev.gatun.onnx")
                .layer("json")
                .definedBy("dev.gatun.json")
                .layer("network")
                .definedBy("dev.gatun.network")
                .layer("keras")
                .definedBy("dev.gatun.keras")
                .layer("tiles")
                .definedBy("dev.gatun.tiles")
                .layer("plan")
                .definedBy("dev.gatun.plan")
                .layer("quantize")
                .definedBy("dev.gatun.quantize")
                .layer("runtime")
                .definedBy("dev.gatun.runtime")
                .layer("bench")
                .definedBy("dev.gatun.bench")
                .layer("profile")
                .definedBy("dev.gatun.profile")
                .layer("entry")
                .definedBy("dev.gatun")
                .layer("answers")
                .definedBy("dev.gatun.answers")
                .whereLayer("natives")
                .mayNotAccessAnyLayer()
                .whereLayer("onednn")
                .mayOnlyAccessLayers("natives")
                .whereLayer("spec")
                .mayNotAccessAnyLayer()
                .whereLayer("graph")
                .mayOnlyAccessLayers("spec")
                .whereLayer("image")
                .mayOnlyAccessLayers("spec")
                .whereLayer("weights")
                .mayOnlyAccessLayers("spec", "image", "natives")
                .whereLayer("onnx")
                .mayOnlyAccessLayers("spec", "graph", "image", "weights", "network", "plan", "quantize")
                .whereLayer("json")
                .mayNotAccessAnyLayer()
                .whereLayer("network")
                .mayOnlyAccessLayers("spec", "graph", "weights", "json")
                .whereLayer("keras")
                .mayOnlyAccessLayers("spec", "graph", "weights", "network", "json")
                .whereLayer("tiles")
                .mayOnlyAccessLayers("graph", "natives")
                .whereLayer("plan")
                .mayOnlyAccessLayers("spec", "graph", "image", "tiles", "onednn", "natives")
                .whereLayer("quantize")
                .mayOnlyAccessLayers(
                        "spec", "graph", "image", "weights", "json", "network", "plan", "onednn", "natives")
                .whereLayer("runtime")
                .mayOnlyAccessLayers("natives")
                .whereLayer("bench")
                .mayOnlyAccessLayers("runtime", "natives")
                .whereLayer("profile")
                .mayOnlyAccessLayers("spec", "plan", "onednn", "natives")
                .whereLayer("entry")
                .mayOnlyBeAccessedByLayers("answers")
                .whereLayer("answers")
                .mayNotBeAccessedByAnyLayer()
                .check(classes);
    }

    @ArchTest
    static void packagesFormNoCycles(JavaClasses classes) {
        SlicesRuleDefinition.slices()
                .matching("dev.gatun.(*)")
                .should()
                .beFreeOfCycles()
                .check(classes);
    }

    @ArchTest
    static void onlyTheTypedLayerKnowsGeneratedCode(JavaClasses classes) {
        noClasses()
                .that(not(resideInAPackage("dev.gatun.onednn..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.gatun.onednn.gen..")
                .check(classes);
    }

    @ArchTest
    static void onlyBindingsAndLoaderCallNativeCode(JavaClasses classes) {
        noClasses()
                .that(not(resideInAPackage("dev.gatun.onednn..")).and(not(resideInAPackage("dev.gatun.natives"))))
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(MethodHandle.class, Linker.class, SymbolLookup.class)
                .check(classes);
    }
}
