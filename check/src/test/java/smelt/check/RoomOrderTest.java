package smelt.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Guards the arrows between rooms: data moves one way, and so do imports. */
final class RoomOrderTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("smelt");
    private static final Pattern POOR_NAME =
            Pattern.compile("^(Abstract|Base)[A-Z].*|.*(Manager|Helper|Util|Utils|Support|Impl)$");

    @Test
    void aRoomImportsOnlyRoomsAboveIt() {
        List<String> wrong = CLASSES.stream()
                .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
                .filter(d ->
                        isInRoom(d.getTargetClass()) && position(d.getTargetClass()) > position(d.getOriginClass()))
                .map(RoomOrderTest::describe)
                .distinct()
                .sorted()
                .toList();
        assertThat(wrong)
                .as("Imports against the order %s: move the class up, or hand the value in from below", Project.ROOMS)
                .isEmpty();
    }

    @Test
    void packagesFormNoCycle() {
        SlicesRuleDefinition.slices()
                .matching("smelt.(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void everyRoomWithCodeIsSeen() {
        List<String> unseen = Project.ROOMS.stream()
                .filter(room -> Project.javaFiles().stream()
                        .anyMatch(file ->
                                file.startsWith(room) && Project.isMain(file) && !file.endsWith("package-info.java")))
                .filter(room -> CLASSES.stream().noneMatch(c -> room(c).equals(room)))
                .toList();
        assertThat(unseen)
                .as("Rooms with code that this module does not see: add them to check/pom.xml")
                .isEmpty();
    }

    @Test
    void theParentPomListsTheRoomsInTheirOrder() {
        Matcher module =
                Pattern.compile("<module>(.*)</module>").matcher(Project.text(java.nio.file.Path.of("pom.xml")));
        assertThat(module.results().map(m -> m.group(1)))
                .as("pom.xml and smelt.check.Project.ROOMS must agree")
                .containsExactlyElementsOf(Project.ROOMS);
    }

    @Test
    void everyFolderWithAPomIsAModule() throws IOException {
        try (Stream<java.nio.file.Path> folders = Files.list(Project.ROOT)) {
            assertThat(folders.filter(f -> Files.exists(f.resolve("pom.xml")))
                            .map(f -> Project.ROOT.relativize(f).toString()))
                    .containsExactlyInAnyOrderElementsOf(Project.ROOMS);
        }
    }

    @Test
    void namesSayWhatAClassIs() {
        List<String> poor = CLASSES.stream()
                .filter(c -> isInRoom(c) && POOR_NAME.matcher(c.getSimpleName()).matches())
                .map(c -> c.getName() + ": name it after what it is or does, in the field's own term")
                .sorted()
                .toList();
        assertThat(poor).isEmpty();
    }

    private static String describe(Dependency dependency) {
        JavaClass from = dependency.getOriginClass();
        return room(from) + " may not import " + room(dependency.getTargetClass()) + ": " + dependency.getDescription();
    }

    private static boolean isInRoom(JavaClass type) {
        return type.getPackageName().startsWith("smelt.");
    }

    private static int position(JavaClass type) {
        int position = Project.ROOMS.indexOf(room(type));
        assertThat(position)
                .as("%s is in no room: packages are smelt.<room>, and Project.ROOMS lists the rooms", type.getName())
                .isNotNegative();
        return position;
    }

    private static String room(JavaClass type) {
        String[] parts = type.getPackageName().split("\\.", -1);
        return parts.length > 1 ? parts[1] : "";
    }
}
