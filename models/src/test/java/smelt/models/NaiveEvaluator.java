package smelt.models;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import smelt.formats.ModelFile;
import smelt.formats.Tensor;
import smelt.graph.Attr;
import smelt.graph.ModelGraph;
import smelt.graph.Node;
import smelt.graph.Op;
import smelt.graph.Section;
import smelt.graph.Type;

/**
 * What a graph of the tensor stage means, said as plainly as possible: a whole sequence at once, in double, no cache.
 */
final class NaiveEvaluator {
    private final ModelGraph graph;
    private final ModelFile file;

    NaiveEvaluator(ModelGraph graph, ModelFile file) {
        this.graph = graph;
        this.file = file;
    }

    /** The head's row for each token. */
    double[][] run(int[] tokens) {
        double[][] rows = new Run(graph.embedding(), new double[0][], tokens).output();
        for (Section layer : graph.layers()) {
            rows = new Run(layer, rows, tokens).output();
        }
        return new Run(graph.head(), rows, tokens).output();
    }

    private final class Run {
        private final Section section;
        private final double[][] input;
        private final int[] tokens;
        private final Map<Node, double[][]> known = new IdentityHashMap<>();

        Run(Section section, double[][] input, int[] tokens) {
            this.section = section;
            this.input = input;
            this.tokens = tokens;
        }

        double[][] output() {
            return rows(section.output());
        }

        private double[][] rows(Node node) {
            double[][] done = known.get(node);
            if (done == null) {
                done = evaluate(node);
                known.put(node, done);
            }
            return done;
        }

        private double[][] evaluate(Node node) {
            return switch (node.op()) {
                case INPUT -> input;
                case WEIGHT -> weight(node)[0];
                case TOKEN_EMBEDDING ->
                    Arrays.stream(tokens)
                            .mapToObj(id -> rows(node.input(0))[id])
                            .toArray(double[][]::new);
                case POSITION_EMBEDDING -> positions(node);
                case MATMUL -> each(node.input(0), x -> times(rows(node.input(1)), x));
                case RMS_NORM ->
                    each(node.input(0), x -> rmsNorm(x, rows(node.input(1))[0], node.attr(Attr.Norm.class)));
                case LAYER_NORM ->
                    each(
                            node.input(0),
                            x -> layerNorm(
                                    x, rows(node.input(1))[0], rows(node.input(2))[0], node.attr(Attr.Norm.class)));
                case ROPE -> rope(rows(node.input(0)), node.attr(Attr.Rope.class));
                case ATTENTION -> attention(node);
                case EXPERTS -> experts(node);
                case SLICE -> slice(node);
                case ADD -> zip(node, Double::sum);
                case MUL -> zip(node, (a, b) -> a * b);
                case SCALE -> map(node, x -> x * node.attr(Attr.Real.class).value());
                case SOFTCAP ->
                    map(node, x -> softcap(x, node.attr(Attr.Real.class).value()));
                case SILU, GELU_TANH, GELU_ERF -> map(node, x -> activation(node.op(), x));
                default -> throw new AssertionError(node + " is of another stage");
            };
        }

        /** Of a pair, where there are types: the second text begins behind the first token that is the last, too. */
        private double[][] positions(Node node) {
            int first = (int) node.attr(Attr.Whole.class).value();
            int second = IntStream.range(0, tokens.length)
                            .filter(t -> tokens[t] == tokens[tokens.length - 1])
                            .findFirst()
                            .orElseThrow()
                    + 1;
            double[][] positions = Arrays.copyOfRange(rows(node.input(0)), first, first + tokens.length);
            return node.inputs().size() == 1
                    ? positions
                    : IntStream.range(0, tokens.length)
                            .mapToObj(t -> pairwise(positions[t], rows(node.input(1))[t < second ? 0 : 1], Double::sum))
                            .toArray(double[][]::new);
        }

        private double[][] each(Node of, UnaryOperator<double[]> row) {
            return Arrays.stream(rows(of)).map(row).toArray(double[][]::new);
        }

        private double[][] map(Node node, DoubleUnaryOperator f) {
            return each(node.input(0), x -> Arrays.stream(x).map(f).toArray());
        }

        private double[][] zip(Node node, DoubleBinaryOperator f) {
            double[][] a = rows(node.input(0));
            double[][] b = rows(node.input(1));
            boolean vector = node.input(1).op() == Op.WEIGHT;
            return IntStream.range(0, a.length)
                    .mapToObj(t -> pairwise(a[t], b[vector ? 0 : t], f))
                    .toArray(double[][]::new);
        }

        private double[][] slice(Node node) {
            Attr.Columns columns = node.attr(Attr.Columns.class);
            return each(node.input(0), x -> Arrays.copyOfRange(x, columns.from(), columns.from() + columns.width()));
        }

        private double[][] attention(Node node) {
            Attr.Attention a = node.attr(Attr.Attention.class);
            double[][] q = rows(node.input(0));
            double[][] k = rows(node.input(1));
            double[][] v = rows(node.input(2));
            double[][] out = new double[q.length][node.width()];
            for (int t = 0; t < q.length; t++) {
                for (int head = 0; head < a.heads(); head++) {
                    attend(a, head, t, q[t], k, v, out[t]);
                }
            }
            return out;
        }

        private void attend(Attr.Attention a, int head, int t, double[] q, double[][] k, double[][] v, double[] out) {
            int width = a.headWidth();
            int from = head * width;
            int keyFrom = head / (a.heads() / a.keyHeads()) * width;
            double[] scores = new double[k.length];
            for (int s = 0; s < k.length; s++) {
                double dot = 0;
                for (int i = 0; i < width; i++) {
                    dot += q[from + i] * k[s][keyFrom + i];
                }
                double score = a.softcap() == 0 ? dot * a.scale() : softcap(dot * a.scale(), a.softcap());
                boolean visible = (!a.causal() || s <= t) && (a.window() == 0 || t - s < a.window());
                scores[s] = visible ? score : Double.NEGATIVE_INFINITY;
            }
            double[] share = softmax(scores);
            for (int s = 0; s < k.length; s++) {
                for (int i = 0; i < width; i++) {
                    out[from + i] += share[s] * v[s][keyFrom + i];
                }
            }
        }

        private double[][] experts(Node node) {
            Attr.Experts e = node.attr(Attr.Experts.class);
            double[][] x = rows(node.input(0));
            double[][] router = rows(node.input(1));
            double[][][] gate = weight(node.input(2));
            double[][][] up = weight(node.input(3));
            double[][][] down = weight(node.input(4));
            double[][] out = new double[x.length][];
            for (int t = 0; t < x.length; t++) {
                double[] share = softmax(router[t]);
                int[] chosen = largest(share, e.used());
                double sum = e.renormalise()
                        ? Arrays.stream(chosen).mapToDouble(i -> share[i]).sum()
                        : 1;
                out[t] = new double[node.width()];
                for (int i : chosen) {
                    double[] hidden = pairwise(
                            Arrays.stream(times(gate[i], x[t]))
                                    .map(g -> activation(e.activation(), g))
                                    .toArray(),
                            times(up[i], x[t]),
                            (a, b) -> a * b);
                    out[t] = pairwise(out[t], times(down[i], hidden), (a, b) -> a + b * share[i] / sum);
                }
            }
            return out;
        }

        /** [count][rows][columns]. */
        private double[][][] weight(Node node) {
            Type.Weight type = (Type.Weight) node.type();
            String slot = node.attr(Attr.Slot.class).name();
            Section.Stored stored = Objects.requireNonNull(section.weights().get(slot), slot);
            double[][][] all = new double[type.count()][type.rows()][type.columns()];
            int perTensor = type.count() / stored.tensors().size();
            for (int expert = 0; expert < type.count(); expert++) {
                Tensor tensor = Objects.requireNonNull(
                        file.tensors().get(stored.tensors().get(expert / perTensor)));
                long first = (long) expert % perTensor * type.rows() * type.columns();
                fill(all[expert], tensor, first, stored.transposed());
            }
            return all;
        }
    }

    private static void fill(double[][] matrix, Tensor tensor, long first, boolean transposed) {
        for (int row = 0; row < matrix.length; row++) {
            for (int column = 0; column < matrix[row].length; column++) {
                long element =
                        transposed ? (long) column * matrix.length + row : (long) row * matrix[row].length + column;
                matrix[row][column] = tensor.data().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, first + element);
            }
        }
    }

    private static double[] pairwise(double[] a, double[] b, DoubleBinaryOperator f) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> f.applyAsDouble(a[i], b[i]))
                .toArray();
    }

    private static double[] times(double[][] matrix, double[] x) {
        return Arrays.stream(matrix).mapToDouble(row -> dot(row, x)).toArray();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double[] rmsNorm(double[] x, double[] weight, Attr.Norm norm) {
        double[] out = new double[x.length];
        for (int from = 0; from < x.length; from += norm.segment()) {
            double[] part = Arrays.copyOfRange(x, from, from + norm.segment());
            double root = Math.sqrt(dot(part, part) / part.length + norm.epsilon());
            for (int i = 0; i < part.length; i++) {
                out[from + i] = part[i] / root * (weight[i] + norm.offset());
            }
        }
        return out;
    }

    private static double[] layerNorm(double[] x, double[] weight, double[] bias, Attr.Norm norm) {
        double mean = Arrays.stream(x).average().orElseThrow();
        double variance =
                Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        double root = Math.sqrt(variance + norm.epsilon());
        return IntStream.range(0, x.length)
                .mapToDouble(i -> (x[i] - mean) / root * weight[i] + bias[i])
                .toArray();
    }

    private static double[][] rope(double[][] rows, Attr.Rope rope) {
        double[][] out = new double[rows.length][];
        List<Double> frequencies = rope.inverseFrequencies();
        boolean halves = rope.pairing() == Attr.Rope.Pairing.HALVES;
        for (int t = 0; t < rows.length; t++) {
            out[t] = rows[t].clone();
            for (int head = 0; head < rows[t].length; head += rope.headWidth()) {
                for (int i = 0; i < frequencies.size(); i++) {
                    int a = head + (halves ? i : 2 * i);
                    int b = halves ? a + frequencies.size() : a + 1;
                    double cos = Math.cos(t * frequencies.get(i)) * rope.magnitude();
                    double sin = Math.sin(t * frequencies.get(i)) * rope.magnitude();
                    out[t][a] = rows[t][a] * cos - rows[t][b] * sin;
                    out[t][b] = rows[t][b] * cos + rows[t][a] * sin;
                }
            }
        }
        return out;
    }

    private static double softcap(double x, double cap) {
        return cap * Math.tanh(x / cap);
    }

    private static double activation(Op op, double x) {
        return switch (op) {
            case SILU -> x / (1 + Math.exp(-x));
            case GELU_TANH -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case GELU_ERF -> 0.5 * x * (1 + erf(x / Math.sqrt(2)));
            default -> throw new AssertionError(op + " is no activation");
        };
    }

    /** By its Maclaurin series, which converges fast enough below 6; beyond that erf is 1 to double precision. */
    private static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }

    static double[] softmax(double[] scores) {
        double top = Arrays.stream(scores).max().orElseThrow();
        double[] shares = Arrays.stream(scores).map(s -> Math.exp(s - top)).toArray();
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).map(s -> s / sum).toArray();
    }

    private static int[] largest(double[] values, int count) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted((a, b) -> Double.compare(values[b], values[a]))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
