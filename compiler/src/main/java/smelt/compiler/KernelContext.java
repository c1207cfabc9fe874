package smelt.compiler;

import java.util.ArrayList;
import java.util.List;
import smelt.graph.Attr;
import smelt.graph.Cost;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Type;

/** One kernel being written: its builder, its argument table, and addresses of rows. */
final class KernelContext {
    final KernelBuilder k = new KernelBuilder();
    private final MemoryPlan buffers;
    private final List<Argument> arguments = new ArrayList<>();
    private final Node single;
    private final Node ownRow;

    KernelContext(MemoryPlan buffers) {
        this.buffers = buffers;
        this.single = count(StepField.SINGLE_ROW);
        this.ownRow = k.mul(single, k.thread());
    }

    StepProgram.Call finish(String name, Cost cost) {
        return finish(name, cost, false);
    }

    StepProgram.Call finish(String name, Cost cost, boolean repeated) {
        return new StepProgram.Call(k.finish(name), arguments, cost, repeated);
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

    /** First of this thread's share of {@code count} items. */
    Node shareBegin(Node count) {
        return k.div(k.mul(count, k.thread()), k.threadCount());
    }

    Node shareEnd(Node count) {
        return k.div(k.mul(count, k.add(k.thread(), 1)), k.threadCount());
    }

    /** True in the first {@code lanes} lanes. */
    Node firstLanes(int lanes) {
        return k.lessI(k.lanes(), k.word(lanes));
    }
}
