package smelt.planner.choice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import smelt.planner.catalogue.Catalogue;
import smelt.planner.catalogue.Device;

/** Guards planner/: nobody is told to start a program where it cannot run. */
class EnginesTest {
    @Test
    void eachDeviceHasAnEngineThatRunsOnIt() {
        assertThat(Catalogue.builtIn().devices())
                .allMatch(device -> Engines.NAMES.contains(Engines.usual(device)))
                .allMatch(device -> Engines.runsOn(Engines.usual(device), device));
    }

    @Test
    void smeltRunsOnProcessors() {
        assertThat(Catalogue.builtIn().devices())
                .allMatch(device -> Engines.runsOn("smelt", device) == (device.kind() == Device.Kind.CPU));
    }
}
