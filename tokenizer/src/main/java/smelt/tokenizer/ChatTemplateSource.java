package smelt.tokenizer;

/**
 * A model's own chat template (Jinja) as its files carry it.
 *
 * @param bosToken text of the begin token, empty where there is none
 * @param eosToken text of the end token, empty where there is none
 */
public record ChatTemplateSource(String template, String bosToken, String eosToken) {}
