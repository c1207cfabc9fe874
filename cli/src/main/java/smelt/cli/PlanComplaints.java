package smelt.cli;

import java.io.PrintWriter;
import smelt.base.Failure;
import smelt.base.FailureCode;

/** Exit codes of plans: a bad question is wrong usage, whoever found out. */
final class PlanComplaints {
    private PlanComplaints() {}

    static int about(Failure failure, PrintWriter err) {
        int code = Complaints.about(failure, err);
        return code == Complaints.FAILED && isAboutTheQuestion(failure.code()) ? Complaints.WRONG_USAGE : code;
    }

    private static boolean isAboutTheQuestion(FailureCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, NOT_FOUND, MALFORMED, UNSUPPORTED, LIMIT_EXCEEDED -> true;
            case OUT_OF_RESOURCES, UNAVAILABLE, CORRUPT, CANCELLED, TEMPLATE_REFUSED, INTERNAL -> false;
        };
    }
}
