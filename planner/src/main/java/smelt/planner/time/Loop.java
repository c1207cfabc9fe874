package smelt.planner.time;

import static smelt.planner.time.Constant.FIRST_PROMPT;
import static smelt.planner.time.Constant.FIRST_SECONDS;
import static smelt.planner.time.Constant.FIRST_STEPS;
import static smelt.planner.time.Constant.PROMPT_QUEUE;
import static smelt.planner.time.Constant.PROMPT_SHARE;
import static smelt.planner.time.Constant.ROOM_QUEUE;
import static smelt.planner.time.Constant.START_BURST;
import static smelt.planner.time.Constant.STEP_SECONDS;

/**
 * The mean of a closed loop: users who send the next prompt when the answer is there.
 *
 * @param batch sequences of one copy that run together
 * @param room sequences of one copy that keys and values have room for
 */
record Loop(double ttft, double tpot, double batch, double room) {
    private static final double SHARPNESS = 10;

    static Loop of(Work work, double[] c, Load load, boolean disaggregated) {
        double room = room(work, load);
        double users = Math.max(1.0, load.concurrency()) / work.copies();
        double batch = Math.min(users, room);
        double input = load.input() * (1 - load.prefixHitShare());
        double position = load.input() + load.output() / 2.0;
        double answers = Math.max(1, load.output());
        double rows = Math.max(batch / work.stages(), Math.min(batch, 1));
        double prompt = Steps.seconds(work, c, 0, 0, Math.max(1, input), input / 2) - c[STEP_SECONDS.ordinal()];
        // every answer's steps carry the prompts that come meanwhile
        double prompts = disaggregated ? 0 : c[PROMPT_SHARE.ordinal()] * prompt * batch / answers;
        double tpot = Steps.seconds(work, c, rows, position, 0, 0) + prompts;
        double over = excess(users / room - 1);
        double ttft = c[FIRST_SECONDS.ordinal()]
                + c[FIRST_PROMPT.ordinal()] * prompt
                + c[FIRST_STEPS.ordinal()] * tpot
                + c[START_BURST.ordinal()] * users * prompt
                + c[PROMPT_QUEUE.ordinal()] * prompt * prompt * batch / (answers * tpot + prompt)
                + c[ROOM_QUEUE.ordinal()] * over * answers * tpot;
        return new Loop(ttft, tpot, batch, room);
    }

    /** What of {@code x} lies above 0; rounded at 0, since sequences end at different times. */
    private static double excess(double x) {
        return x > 3 ? x : Math.log1p(Math.exp(SHARPNESS * x)) / SHARPNESS;
    }

    /** Sequences of the mean length that fit beside the weights. */
    static double room(Work work, Load load) {
        double one = work.kept(load.input() + 0.55 * load.output()) / work.stages();
        return Math.max(0.5, Memory.room(work) / Math.max(one, 1));
    }
}
