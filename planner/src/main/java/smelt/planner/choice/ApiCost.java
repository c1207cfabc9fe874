package smelt.planner.choice;

import java.util.List;
import java.util.Locale;
import smelt.planner.catalogue.ApiPrice;
import smelt.planner.catalogue.Figure;

/**
 * What a seller of answers takes.
 *
 * @param perMillion dollars per million tokens of any kind, in the mix of the workload
 */
public record ApiCost(ApiPrice price, double perMillion) {
    static ApiCost of(ApiPrice price, Workload workload) {
        Figure cached = price.cachedPerMillion();
        double input = price.inputPerMillion().value();
        double hits = workload.prefixHitShare();
        double perInput = input * (1 - hits) + (cached == null ? input : cached.value()) * hits;
        double dollars = workload.input() * perInput
                + workload.output() * price.outputPerMillion().value();
        return new ApiCost(price, dollars / workload.tokens());
    }

    /** The prices for the model that is asked for; names are compared without punctuation. */
    static List<ApiCost> of(Question question) {
        String wanted = plain(question.model().name());
        String asked = plain(question.modelName());
        return question.market().apiPrices().stream()
                .filter(p -> plain(p.model()).equals(wanted) || plain(p.model()).equals(asked))
                .map(p -> of(p, question.demand().workload()))
                .sorted(java.util.Comparator.comparingDouble(ApiCost::perMillion))
                .toList();
    }

    private static String plain(String name) {
        return name.substring(name.lastIndexOf('/') + 1)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]", "")
                .replaceAll("(instruct|chat|it)$", "");
    }
}
