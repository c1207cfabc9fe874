package smelt.planner.choice;

import org.jspecify.annotations.Nullable;
import smelt.planner.catalogue.Device;
import smelt.planner.catalogue.Offer;
import smelt.planner.catalogue.Purchase;

/** Where machines come from. */
public sealed interface Supply {
    /** Name of the device in the catalogue. */
    String device();

    /** Devices that share one host. */
    int devicesPerMachine();

    /** For people. */
    String text();

    /**
     * Machines that stand here already.
     *
     * @param devicesPerMachine of each of {@code machines}
     * @param others on which the last layers of the only copy lie, of another kind; null where there are none
     */
    record Owned(
            Device kind,
            int machines,
            int devicesPerMachine,
            @Nullable Owned others) implements Supply {
        public Owned(Device kind, int machines, int devicesPerMachine) {
            this(kind, machines, devicesPerMachine, null);
        }

        public int devices() {
            return machines * devicesPerMachine;
        }

        @Override
        public String device() {
            return others == null ? kind.name() : kind.name() + " + " + others.device();
        }

        @Override
        public String text() {
            return "owned";
        }
    }

    /**
     * By the hour.
     *
     * @param devicesPerMachine of one instance; of offers that name a price alone, of a usual host
     */
    record Rented(Offer offer, int devicesPerMachine) implements Supply {
        private static final String ANYWHERE = "any";

        /** An offer of one instance, or of as many devices as are wanted in hosts of {@code usual}. */
        static Rented of(Offer offer, int usual) {
            return new Rented(offer, isByDevice(offer) ? usual : offer.devices());
        }

        /** Prices of no place are prices of devices: instances of several cost as many times as much. */
        private static boolean isByDevice(Offer offer) {
            return offer.devices() == 1 && offer.region().equals(ANYWHERE);
        }

        /** Dollars of an hour of so many. */
        double dollars(int machines, int devices) {
            return (isByDevice(offer) ? devices : machines)
                    * offer.dollarsPerHour().value();
        }

        boolean isByDevice() {
            return isByDevice(offer);
        }

        @Override
        public String device() {
            return offer.device();
        }

        @Override
        public String text() {
            String terms = switch (offer.terms()) {
                case ON_DEMAND -> "";
                case SPOT -> " spot";
                case RESERVED_1Y -> ", 1 year";
                case RESERVED_3Y -> ", 3 years";
            };
            return offer.seller() + (isByDevice() ? "" : " " + offer.instance()) + terms;
        }
    }

    /** To be bought; hosts have as many devices as usual for their kind. */
    record Bought(Purchase purchase, int devicesPerMachine) implements Supply {
        @Override
        public String device() {
            return purchase.device();
        }

        @Override
        public String text() {
            return "bought";
        }
    }
}
