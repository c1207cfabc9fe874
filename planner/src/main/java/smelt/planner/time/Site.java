package smelt.planner.time;

import smelt.planner.model.ModelShape;

/** Where a deployment and its load stand among others: what makes two measurements alike. */
record Site(
        Set set,
        String engine,
        String version,
        String model,
        String shape,
        String device,
        int generation,
        int precision,
        int tensor,
        boolean copies,
        boolean spread,
        double logUsers,
        double logDevices,
        double logInput,
        double logOutput) {
    /** Measurements that are compared with each other only. */
    enum Set {
        DENSE,
        EXPERTS,
        DISAGGREGATED;

        static Set of(Deployment deployment) {
            if (deployment.layout().disaggregated()) {
                return DISAGGREGATED;
            }
            return deployment.model().hasExperts() ? EXPERTS : DENSE;
        }
    }

    /** Names are compared by identity first. */
    Site {
        engine = engine.intern();
        version = version.intern();
        model = model.intern();
        shape = shape.intern();
        device = device.intern();
    }

    static Site of(Deployment d, Work work, Load load) {
        Layout layout = d.layout();
        ModelShape model = d.model();
        return new Site(
                Set.of(d),
                d.engine().name(),
                d.engine().version(),
                model.name(),
                model.layerCount() + "x" + model.hidden() + "x" + work.experts(),
                layout.device().name(),
                Group.generation(d),
                Group.precision(d),
                layout.tensor(),
                layout.data() > 1,
                layout.expert() > 1,
                Math.log(Math.max(1, load.concurrency())),
                Math.log(layout.devices()),
                Math.log(Math.max(1, load.input())),
                Math.log(Math.max(1, load.output())));
    }
}
