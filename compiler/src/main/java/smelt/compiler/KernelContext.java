package smelt.compiler;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import smelt.graph.Attr;
import smelt.graph.Cost;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Type;

/** One kernel being written: its builder, its argument table, and addresses of rows. */
final class KernelContext {
    /** Threads whose items a thread looks after, itself among them. */
    private static final int MOST_HELPED = 8;

    final KernelBuilder k = new KernelBuilder();
    private final MemoryPlan buffers;
    private final List<Argument> arguments = new ArrayList<>();
    private final Node single;
    private final Node ownRow;
    private int poolCount;

    KernelContext(MemoryPlan buffers) {
        this.buffers = buffers;
        this.single = count(StepField.SINGLE_ROW);
        this.ownRow = k.mul(single, k.thread());
    }

    StepProgram.Call finish(String name, Cost cost) {
        return finish(name, cost, false);
    }

    StepProgram.Call finish(String name, Cost cost, boolean repeated) {
        return new StepProgram.Call(k.finish(name), arguments, cost, List.of(), repeated);
    }

    StepProgram.Call finish(String name, Cost cost, List<StepProgram.Product> products) {
        return new StepProgram.Call(k.finish(name), arguments, cost, products, false);
    }

    static StepProgram.Product product(Node input, Node weight, int used) {
        boolean wide = input.type() instanceof Type.Quantised quantised && quantised.wide();
        return new StepProgram.Product((Type.Weight) weight.type(), wide, used);
    }

    /** 1 in a step of a single row, else 0. */
    Node single() {
        return single;
    }

    Node argument(Argument argument) {
        int index = arguments.indexOf(argument);
        if (index < 0) {
            index = arguments.size();
            arguments.add(argument);
        }
        return k.argument(index);
    }

    Node step(StepField field) {
        return argument(new Argument.Step(field));
    }

    Node count(int offset) {
        return k.load(MemoryKind.LONG, k.add(step(StepField.COUNTS), offset));
    }

    /** Entry {@code index} of an i32 array of the step. */
    Node entry(StepField field, Node index) {
        return k.load(MemoryKind.WORD, k.add(step(field), k.mul(index, 4)));
    }

    /** Address of row {@code row} of a node's buffer. The stride is the node's own, whatever else shares the buffer. */
    Node row(Node node, Node row) {
        Node index = buffers.isRepeated(node) ? k.add(row, ownRow) : row;
        return k.add(argument(new Argument.Rows(buffers.of(node))), k.mul(index, RowLayout.stride(node.type())));
    }

    /** A weight of one row as f32. */
    Node vector(Node weight) {
        return argument(new Argument.Vector(weight.attr(Attr.Slot.class).name()));
    }

    Node matrix(Node weight) {
        return argument(new Argument.Matrix(weight.attr(Attr.Slot.class).name()));
    }

    /** This thread's own memory, {@link StepProgram#SCRATCH_BYTES}. */
    Node ownScratch() {
        return k.add(argument(Argument.Scratch.SCRATCH), k.mul(k.thread(), StepProgram.SCRATCH_BYTES));
    }

    CacheLayout cache() {
        return buffers.cache();
    }

    /** Makes {@code node} another name for {@code other}'s rows. */
    void alias(Node node, Node other) {
        buffers.assign(node, buffers.of(other));
    }

    /** True where an earlier stage has computed the node's rows. */
    boolean isReady(Node node) {
        return buffers.has(node);
    }

    static PanelLayout layout(Node weight) {
        Type.Weight type = (Type.Weight) weight.type();
        return PanelLayout.of(type.dtype(), type.rows(), type.columns());
    }

    /** The items of one thread: {@code count} of them, of which {@code body} runs one by its number. */
    interface Share {
        Node count(Node owner);

        void run(Node owner, Node number);
    }

    /**
     * Runs the items of all threads. Those of a thread are the same in each step, so that what it fetches ahead is its
     * own, and lies near it. In a step of many {@code rows}, which the cores bound and not memory, a thread that is
     * done helps others with what they have left: cores differ, or have neighbours.
     *
     * @param grain items that a thread takes at a time
     */
    void share(Node rows, Node grain, Share share) {
        Node pools = argument(new Argument.Pools(poolCount++));
        Node many = k.min(k.integer(1), k.div(rows, StepField.SHARED_FROM));
        Node owners = k.add(k.mul(many, k.sub(k.min(k.threadCount(), k.integer(MOST_HELPED)), k.integer(1))), 1);
        k.loop(k.integer(0), owners, 1, distance -> {
            Node beyond = k.add(k.thread(), distance);
            Node owner = k.sub(beyond, k.mul(k.div(beyond, k.threadCount()), k.threadCount()));
            Node count = share.count(owner);
            Node begin = k.local(k.integer(0));
            Node end = k.local(count);
            k.loop(k.integer(0), k.add(k.mul(many, k.div(count, grain)), 1), 1, turn -> {
                k.when(
                        k.less(k.read(begin), count),
                        () -> k.when(k.less(k.integer(0), many), () -> {
                            Node taken = k.take(k.add(pools, k.mul(owner, Argument.Pools.BYTES)), grain);
                            k.write(begin, taken);
                            k.write(end, k.min(count, k.add(taken, grain)));
                        }));
                k.loop(k.read(begin), k.read(end), 1, number -> share.run(owner, number));
                k.write(begin, k.max(k.read(begin), k.read(end)));
            });
        });
    }

    /** Shares out 0 to {@code count} - 1, neighbours to one thread. */
    void share(Node count, Node rows, Node grain, Consumer<Node> body) {
        share(count, k.integer(0), rows, grain, body);
    }

    /** The same, each thread having at least {@code least} items, which others may have too. */
    void share(Node count, Node least, Node rows, Node grain, Consumer<Node> body) {
        share(rows, grain, new Share() {
            @Override
            public Node count(Node owner) {
                Node own = k.sub(shareBegin(count, k.add(owner, 1)), shareBegin(count, owner));
                return k.max(least, own);
            }

            @Override
            public void run(Node owner, Node number) {
                body.accept(k.add(shareBegin(count, owner), number));
            }
        });
    }

    private Node shareBegin(Node count, Node owner) {
        return k.div(k.mul(count, owner), k.threadCount());
    }

    /** First of this thread's share of {@code count} items. */
    Node shareBegin(Node count) {
        return shareBegin(count, k.thread());
    }

    Node shareEnd(Node count) {
        return shareBegin(count, k.add(k.thread(), 1));
    }

    /** True in the first {@code lanes} lanes. */
    Node firstLanes(int lanes) {
        return k.lessI(k.lanes(), k.word(lanes));
    }
}
