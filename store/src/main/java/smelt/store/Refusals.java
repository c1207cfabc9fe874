package smelt.store;

import java.net.URI;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** What an error status that will not go away means to the reader. */
final class Refusals {
    private Refusals() {}

    static Failure of(Reply reply, URI asked) {
        String place = Addresses.shown(asked);
        return switch (reply.status()) {
            case 401, 403 ->
                Failure.of(
                                FailureCode.UNAVAILABLE,
                                place + " answers " + reply.status()
                                        + ": it does not exist, is private, or asks to accept " + "its licence first")
                        .withNextStep(
                                "check the spelling; on Hugging Face accept the licence on the model's page, then set "
                                        + "HF_TOKEN to a token of yours");
            case 404, 410 ->
                Failure.of(FailureCode.NOT_FOUND, place + " does not exist").withNextStep("check the spelling");
            case 407 ->
                Failure.of(FailureCode.UNAVAILABLE, "The proxy asks for a user and password")
                        .withNextStep("put them into https_proxy: http://user:password@host:port");
            default -> Failure.of(FailureCode.UNAVAILABLE, place + " answers " + reply.status());
        };
    }
}
