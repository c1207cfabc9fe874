package smelt.planner.prediction;

import smelt.planner.catalogue.Device;
import smelt.planner.time.Layout;

/**
 * How a row's model is spread. The source writes some layouts in other ways: for models with experts the product of
 * tensor and expert ranks where both name the same devices (TP8 EP8 on eight devices as tp 64, or as 64 copies).
 */
final class RowLayout {
    private static final int MOST_DEVICES = 100_000;

    private RowLayout() {}

    static Layout of(Fields f, Device device, boolean experts) {
        String mode = f.text("mode");
        boolean apart = mode.equals("disagg");
        if (!apart && !mode.isEmpty() && !mode.equals("agg")) {
            throw f.bad("mode", "must be agg or disagg but is " + mode);
        }
        String p = apart ? "decode_" : "";
        int tensor = size(f, p + "tp_size");
        int copies = size(f, p + "attention_dp_size");
        int expertTensor = size(f, p + "moe_tp_size");
        int expert = size(f, p + "moe_ep_size");
        int stages = size(f, p + "pp_size");
        if ((double) tensor * copies * stages > MOST_DEVICES) {
            throw f.bad(p + "tp_size", "asks for more than " + MOST_DEVICES + " devices");
        }
        int devices = tensor * copies;
        if (experts) {
            boolean sameTwice = expertTensor > 1
                    && expertTensor == expert
                    && expertTensor * expert == devices
                    && f.has(p + "attention_dp_size");
            if (sameTwice) {
                devices = expert;
                copies = copies > 1 ? devices : 1;
            } else if (f.text("backend").equals("vllm") && tensor == copies) {
                devices = copies;
                expert = expert > 1 ? devices : 1;
            } else if (!f.has(p + "attention_dp_size") && tensor > 1 && batchOfOneCopy(f, tensor)) {
                copies = devices;
            }
            tensor = devices / copies;
            expert = Math.min(sameTwice ? devices : expert, devices);
        } else {
            expert = 1;
        }
        if (apart) {
            copies *= size(f, "decode_num_workers");
        }
        return new Layout(
                device, tensor, stages, copies, Math.max(1, devices / expert), expert, apart, apart ? prefill(f) : 0);
    }

    /** Whether the row's batch is that of one of {@code tensor} copies. */
    private static boolean batchOfOneCopy(Fields f, int tensor) {
        return f.has("batch_size")
                && f.has("concurrency")
                && (double) f.count("batch_size") * tensor == f.count("concurrency");
    }

    private static int prefill(Fields f) {
        return (int) Math.min(
                MOST_DEVICES,
                (double) size(f, "prefill_num_workers")
                        * size(f, "prefill_tp_size")
                        * size(f, "prefill_pp_size")
                        * size(f, "prefill_attention_dp_size"));
    }

    private static int size(Fields f, String column) {
        return Math.max(1, Math.min(f.count(column, 1), MOST_DEVICES));
    }
}
