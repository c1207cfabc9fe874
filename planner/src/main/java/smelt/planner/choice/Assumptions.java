package smelt.planner.choice;

import java.util.ArrayList;
import java.util.List;
import smelt.planner.catalogue.Offer;

/** What all figures of a choice rest on, in sentences. */
final class Assumptions {
    private Assumptions() {}

    static List<String> of(Question question, Search.Found found) {
        List<String> all = new ArrayList<>();
        Workload w = question.demand().workload();
        Economy e = question.economy();
        all.add("Requests of " + w.input() + " tokens, answers of " + w.output() + " (" + w.source() + "); "
                + Texts.number(w.prefixHitShare() * 100) + "% of prompts found in the cache.");
        all.add("The mean load is " + Texts.number(e.utilisation() * 100)
                + "% of the peak; machines are kept on all year.");
        all.add("Purchases are written off over " + Texts.number(e.years()) + " years; electricity "
                + Texts.dollars(e.dollarsPerKwh()) + " a kWh, " + Texts.number(e.pue())
                + " J at the site for each J at the machine. No interest, no staff, no space.");
        all.add("Machines draw " + Texts.number(Power.BUSY) + " times the limits of their devices when busy (8 x H200: "
                + "6,153 W at the wall, MLPerf v4.1) and " + Texts.number(Power.IDLE) + " times when idle (estimate).");
        all.add("Limits hold for the expected time at the load of the peak; intervals are of 90%.");
        Reliability r = question.demand().reliability();
        if (r.isAsked()) {
            all.add("A machine fails every " + Texts.number(r.hoursBetweenFailures() / Standby.HOURS_PER_DAY)
                    + " days (usual: 419 times in 54 days among the 2,048 hosts that trained Llama 3), one by one; it "
                    + "is back after " + Texts.duration(3600 * r.repairHours()) + ", a rented one is replaced in "
                    + Texts.duration(3600 * r.replaceHours()) + " (estimates). Spare machines serve too.");
        }
        if (question.supplies().terms().contains(Offer.Terms.SPOT)) {
            all.add("A spot machine is taken away every " + Texts.duration(3600 / r.interruptionsPerHour())
                    + " (estimate: sellers do not tell), each for itself, and replaced in "
                    + Texts.duration(3600 * r.replaceHours()) + "; spare ones cover "
                    + Texts.share(Reliability.SPOT_UPTIME) + " of the time. When a seller runs out of a device all of "
                    + "them go at once: where availability is asked, spot machines are not taken.");
        }
        all.add("The shape of " + question.model().name() + ": "
                + question.model().source() + ".");
        all.addAll(found.assumptions());
        return all;
    }
}
