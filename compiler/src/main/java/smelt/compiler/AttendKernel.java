package smelt.compiler;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import smelt.base.Failure;
import smelt.base.FailureCode;
import smelt.graph.Attr;
import smelt.graph.KernelBuilder;
import smelt.graph.MemoryKind;
import smelt.graph.Node;
import smelt.graph.Op;

/**
 * Lowers {@link Stage.Attend}. An item is a few rows of one sequence and a range of chunks; with a key head it makes a
 * tile of query rows that read the same keys and values. Scores have positions in lanes (no sum across lanes), values
 * have columns in lanes; within a chunk positions are summed in order, chunks are joined in order ({@link Part}).
 */
final class AttendKernel {
    private static final int CHUNK = CacheLayout.CHUNK_POSITIONS;
    private static final int PANEL = CacheLayout.PANEL_POSITIONS;
    /** Bytes that memory gives at once. */
    private static final int LINE = 64;
    /** Query rows of an item; a multiple of most tiles. */
    private static final int ITEM_QUERIES = 24;

    /** Queries of one row whose weights are computed side by side. */
    private static final int MOST_TOGETHER = 4;

    private final KernelContext context;
    private final KernelBuilder k;
    private final Node node;
    private final Attr.Attention attention;
    private final CacheLayout cache;
    private final Part part;
    private final int group;
    private final int width;
    private final int maxQueries;
    private final Tiling tiling;

    private AttendKernel(KernelContext context, Node node, Tiling tiling) {
        this.context = context;
        this.k = context.k;
        this.node = node;
        this.attention = node.attr(Attr.Attention.class);
        this.width = attention.headWidth();
        this.cache = context.cache();
        this.tiling = tiling;
        this.part = new Part(width);
        this.group = attention.heads() / attention.keyHeads();
        this.maxQueries = group * itemRows(attention.heads(), attention.keyHeads());
        if (width % 16 != 0 || scratchBytes() > StepProgram.SCRATCH_BYTES) {
            throw Failure.of(
                    FailureCode.UNSUPPORTED, "Attention heads of " + width + " columns, " + group + " a group");
        }
    }

    /** Rows that one item may have. */
    static int itemRows(int heads, int keyHeads) {
        return Math.max(1, ITEM_QUERIES * keyHeads / heads);
    }

    static StepProgram.Call lower(Stage.Attend stage, MemoryPlan buffers, Tiling tiling, String name) {
        KernelContext context = new KernelContext(buffers);
        new AttendKernel(context, stage.node(), tiling).run();
        return context.finish(name, stage.cost());
    }

    // Private memory of a thread: queries, scores, states, parts, each per query row.

    private long scoresStart() {
        return (long) maxQueries * width * 4;
    }

    private long statesStart() {
        return scoresStart() + (long) maxQueries * CHUNK * 4;
    }

    private long partsStart() {
        return statesStart() + (long) maxQueries * part.bytes();
    }

    private long scratchBytes() {
        return partsStart() + (long) maxQueries * part.bytes();
    }

    /** An item of one key head, as addresses and numbers. */
    private record Tile(Node scratch, Node head, Node firstRow, Node rows, Node queries, Node split) {}

    private void run() {
        Node scratch = context.ownScratch();
        Node total = k.mul(context.count(StepField.ITEM_COUNT), attention.keyHeads());
        context.share(context.count(StepField.ROW_COUNT), k.integer(1), new KernelContext.Share() {
            @Override
            public Node count(Node owner) {
                return k.div(k.add(total, k.sub(k.sub(k.threadCount(), k.integer(1)), owner)), k.threadCount());
            }

            // Later rows of a prompt see more positions: dealt out in turn, the longest first.
            @Override
            public void run(Node owner, Node number) {
                Node fromEnd = k.add(owner, k.mul(number, k.threadCount()));
                item(scratch, k.sub(k.sub(total, k.integer(1)), fromEnd));
            }
        });
    }

    private void item(Node scratch, Node index) {
        Node item = k.mul(k.div(index, attention.keyHeads()), StepField.ITEM_WORDS);
        Node head = k.rem(index, attention.keyHeads());
        Node firstRow = context.entry(StepField.ITEMS, item);
        Node rows = context.entry(StepField.ITEMS, k.add(item, 1));
        Node split = context.entry(StepField.ITEMS, k.add(item, 4));
        Tile tile = new Tile(scratch, head, firstRow, rows, k.mul(rows, group), split);
        loadQueries(tile);
        Visible firstVisible = Visible.of(context, attention, firstRow);
        Visible lastVisible = Visible.of(context, attention, k.add(firstRow, k.sub(rows, k.integer(1))));
        Node begin = k.max(context.entry(StepField.ITEMS, k.add(item, 2)), firstVisible.firstChunk(k));
        Node end = k.min(context.entry(StepField.ITEMS, k.add(item, 3)), lastVisible.endChunk(k));
        keepSingle(tile, end);
        k.loop(begin, end, 1, chunk -> chunk(tile, chunk, lastVisible));
        k.when(
                k.equal(split, k.integer(0)),
                () -> queries(tile, (row, query) -> {
                    Node state = k.add(k.add(scratch, statesStart()), k.mul(query, part.bytes()));
                    part.finish(k, k.add(context.row(node, row), headColumns(tile, query)), state);
                }));
    }

    /** A single row's keys and values are kept by whoever has the chunk, {@code end} - 1, of its position. */
    private void keepSingle(Tile tile, Node end) {
        Node position = context.entry(StepField.POSITIONS, tile.firstRow());
        Node own = k.equal(k.add(k.div(position, CHUNK), 1), end);
        k.when(
                own,
                () -> KeepRow.write(
                        context, node.input(1), tile.firstRow(), tile.head(), k.add(tile.head(), context.single())));
    }

    private interface QueryBody {
        /** {@code query}: number of the query row within the tile. */
        void accept(Node row, Node query);
    }

    private void queries(Tile tile, QueryBody body) {
        k.loop(
                k.integer(0),
                tile.queries(),
                1,
                query -> body.accept(k.add(tile.firstRow(), k.div(query, group)), query));
    }

    /** Byte offset in a row of the query head's columns. */
    private Node headColumns(Tile tile, Node query) {
        return k.mul(k.add(k.mul(tile.head(), group), k.rem(query, group)), width * 4L);
    }

    private void loadQueries(Tile tile) {
        queries(tile, (row, query) -> {
            Node from = k.add(context.row(node.input(0), row), headColumns(tile, query));
            Node to = k.add(tile.scratch(), k.mul(query, width * 4L));
            k.loop(0, width * 4L, 64, at -> {
                Node q = k.mulF(k.load(MemoryKind.F32, k.add(from, at)), k.real(attention.scale()));
                k.store(MemoryKind.F32, k.add(to, at), q);
            });
        });
    }

    private void chunk(Tile tile, Node chunk, Visible lastVisible) {
        Node begin = k.mul(chunk, CHUNK);
        Node positions = k.min(k.integer(CHUNK), k.sub(k.add(lastVisible.last(), 1), begin));
        Node panels = k.div(k.add(positions, PANEL - 1), PANEL);
        k.loop(
                k.integer(0),
                panels,
                1,
                panel -> tiles(tile, (first, count) -> scores(tile, begin, panel, first, count)));
        int together = divisorOfGroup(MOST_TOGETHER);
        k.loop(
                k.integer(0),
                tile.queries(),
                together,
                first -> softmax(tile, begin, panels, k.add(tile.firstRow(), k.div(first, group)), first, together));
        for (int column = 0; column < width; ) {
            int vectors = Math.min((width - column) / 16, Math.max(1, 2 * tiling.rows() / largeTile()));
            int from = column;
            tiles(tile, (first, count) -> values(tile, begin, panels, from, vectors, first, count));
            column += vectors * 16;
        }
        queries(tile, (row, query) -> keepPart(tile, chunk, row, query));
    }

    private interface TileBody {
        void accept(Node firstQuery, int count);
    }

    /** Query rows in register tiles: as many of the larger as fit, then of the smaller. */
    private void tiles(Tile tile, TileBody body) {
        int small = smallTile();
        int large = largeTile();
        Node whole = k.mul(k.div(tile.queries(), large), large);
        k.loop(k.integer(0), whole, large, first -> body.accept(first, large));
        if (large != small) {
            k.loop(whole, tile.queries(), small, first -> body.accept(first, small));
        }
    }

    private int largeTile() {
        return smallTile() * Math.max(1, tiling.rows() / smallTile());
    }

    private int smallTile() {
        return divisorOfGroup(tiling.rows());
    }

    /** The largest number up to {@code most} of which the query heads of one key head are a multiple. */
    private int divisorOfGroup(int most) {
        int count = Math.min(group, most);
        while (group % count != 0) {
            count--;
        }
        return count;
    }

    private Node keyHead(Tile tile, Node position) {
        Node block = KeepRow.blockAddress(context, cache, tile.firstRow(), position);
        return k.add(block, k.mul(tile.head(), cache.headBytes()));
    }

    /** Scores of 16 positions. */
    private void scores(Tile tile, Node begin, Node panel, Node first, int count) {
        Node position = k.add(begin, k.mul(panel, PANEL));
        Node keys = keys(tile, position);
        Node queries = k.add(tile.scratch(), k.mul(first, width * 4L));
        List<Node> sums = zeros(count);
        Prefetch prefetch = count > group ? at -> {} : prefetch(tile, position);
        int together = Math.max(2, LINE / cache.element().bytes());
        k.loop(0, width, together, column -> {
            prefetch.lines(k.mul(column, cache.element().bytes()));
            for (int next = 0; next < together; next++) {
                Node c = k.add(column, next);
                Node key = cache.load(k, k.add(keys, k.mul(c, cache.element().bytes())));
                Node q = k.add(queries, k.mul(c, 4));
                for (int i = 0; i < count; i++) {
                    Node x = k.load(MemoryKind.ONE_F32, k.add(q, (long) i * width * 4));
                    k.write(sums.get(i), k.fma(x, key, k.read(sums.get(i))));
                }
            }
        });
        for (int i = 0; i < count; i++) {
            Node score = scaled(k.read(sums.get(i)), tile, position, 0);
            Node capped = attention.softcap() == 0 ? score : Functions.softcap(k, score, attention.softcap());
            k.store(MemoryKind.F32, k.add(score(tile, k.add(first, i)), k.mul(panel, 64)), capped);
        }
    }

    /** Times the scales of a panel's keys, or, {@code further} on, values. */
    private Node scaled(Node numbers, Tile tile, Node position, int further) {
        if (!cache.scaled()) {
            return numbers;
        }
        Node within = k.mul(k.rem(position, CacheLayout.BLOCK_POSITIONS), 2);
        Node at = k.add(k.add(keyHead(tile, position), within), cache.scaleStart() + further);
        return k.mulF(numbers, k.load(MemoryKind.F16, at));
    }

    /** Keys of the panel that {@code position} begins; its values lie as far behind the block's first value. */
    private Node keys(Tile tile, Node position) {
        Node within = k.rem(position, CacheLayout.BLOCK_POSITIONS);
        return k.add(keyHead(tile, position), k.mul(within, (long) width * cache.elementBytes()));
    }

    private interface Prefetch {
        /** Of the bytes at {@code at} onward of a panel. */
        void lines(Node at);
    }

    /**
     * Few queries wait for memory: the panel's values, and the keys one block further, are fetched beside its scores.
     * Of both there are as many bytes as of its keys.
     */
    private Prefetch prefetch(Tile tile, Node position) {
        Node next = k.min(
                k.add(position, CacheLayout.BLOCK_POSITIONS), context.entry(StepField.LAST_POSITIONS, tile.firstRow()));
        Node keys = keys(tile, k.mul(k.div(next, PANEL), PANEL));
        Node values = k.add(keys(tile, position), cache.valueStart());
        return at -> {
            k.prefetch(k.add(keys, at));
            k.prefetch(k.add(values, at));
        };
    }

    private Node score(Tile tile, Node query) {
        return k.add(k.add(tile.scratch(), scoresStart()), k.mul(query, CHUNK * 4L));
    }

    private Node part(Tile tile, Node query) {
        return k.add(k.add(tile.scratch(), partsStart()), k.mul(query, part.bytes()));
    }

    /**
     * Scores of {@code count} queries of one row become weights, those of positions that the row does not see zero. One
     * query is a chain of dependent operations; several keep the processor busy.
     */
    private void softmax(Tile tile, Node begin, Node panels, Node row, Node first, int count) {
        Visible visible = Visible.of(context, attention, row);
        Node from = k.splat(k.sub(k.sub(visible.first(), begin), k.integer(1)));
        Node to = k.splat(k.sub(k.add(visible.last(), 1), begin));
        Node least = k.real(Float.NEGATIVE_INFINITY);
        List<Node> tops = locals(count, least);
        k.loop(k.integer(0), panels, 1, panel -> {
            Node lane = k.i32(Op.ADD_I32, k.lanes(), k.splat(k.mul(panel, PANEL)));
            for (int i = 0; i < count; i++) {
                Node at = k.add(score(tile, k.add(first, i)), k.mul(panel, 64));
                Node seen = k.select(k.lessI(lane, to), k.load(MemoryKind.F32, at), least);
                Node score = attention.window() == 0 ? seen : k.select(k.lessI(from, lane), seen, least);
                k.store(MemoryKind.F32, at, score);
                k.write(tops.get(i), k.maxF(score, k.read(tops.get(i))));
            }
        });
        List<Node> top = tops.stream().map(lanes -> k.top(k.read(lanes))).toList();
        List<Node> sums = locals(count, k.real(0));
        k.loop(k.integer(0), panels, 1, panel -> {
            Node position = k.add(begin, k.mul(panel, PANEL));
            for (int i = 0; i < count; i++) {
                Node at = k.add(score(tile, k.add(first, i)), k.mul(panel, 64));
                Node score = k.load(MemoryKind.F32, at);
                Node power = Functions.exp(k, k.subF(score, top.get(i)));
                Node weight = k.select(k.lessF(least, score), power, k.real(0));
                k.store(MemoryKind.F32, at, scaled(weight, tile, position, cache.scaleBytes()));
                k.write(sums.get(i), k.addF(k.read(sums.get(i)), weight));
            }
        });
        for (int i = 0; i < count; i++) {
            Node own = part(tile, k.add(first, i));
            k.store(MemoryKind.F32, part.top(k, own), top.get(i));
            k.store(MemoryKind.F32, part.sum(k, own), k.sum(k.read(sums.get(i))));
        }
    }

    /** Weighted sums of {@code vectors} x 16 value columns from {@code column} on. */
    private void values(Tile tile, Node begin, Node panels, int column, int vectors, Node first, int count) {
        List<Node> sums = zeros(count * vectors);
        k.loop(k.integer(0), panels, 1, panel -> {
            Node position = k.add(begin, k.mul(panel, PANEL));
            long stride = (long) width * cache.elementBytes();
            Node from = k.add(keys(tile, position), cache.valueStart() + (long) column * cache.elementBytes());
            Node weights = k.add(score(tile, first), k.mul(panel, 64));
            k.loop(0, PANEL, 1, lane -> {
                List<Node> value = new ArrayList<>();
                for (int v = 0; v < vectors; v++) {
                    Node at = k.add(
                            k.add(from, k.mul(lane, stride)),
                            (long) v * cache.element().bytes());
                    value.add(cache.load(k, at));
                }
                for (int i = 0; i < count; i++) {
                    Node at = k.add(k.add(weights, k.mul(lane, 4)), (long) i * CHUNK * 4);
                    Node weight = k.load(MemoryKind.ONE_F32, at);
                    for (int v = 0; v < vectors; v++) {
                        Node sum = sums.get(i * vectors + v);
                        k.write(sum, k.fma(weight, value.get(v), k.read(sum)));
                    }
                }
            });
        });
        for (int i = 0; i < count; i++) {
            for (int v = 0; v < vectors; v++) {
                // Adding zero turns -0 into +0, which is what a row alone, with fewer positions after it, may have.
                Node sum = k.addF(k.read(sums.get(i * vectors + v)), k.real(0));
                Node at = k.add(part(tile, k.add(first, i)), column * 4L + v * 64L);
                k.store(MemoryKind.F32, at, sum);
            }
        }
    }

    private void keepPart(Tile tile, Node chunk, Node row, Node query) {
        Visible visible = Visible.of(context, attention, row);
        Node seen = k.less(k.sub(visible.firstChunk(k), k.integer(1)), chunk);
        k.when(
                seen,
                () -> k.when(k.less(chunk, visible.endChunk(k)), () -> {
                    Node own = part(tile, query);
                    k.when(
                            k.equal(tile.split(), k.integer(1)),
                            () -> part.copy(k, sharedPart(tile, chunk, row, query), own),
                            () -> fold(tile, chunk, visible, query, own));
                }));
    }

    private void fold(Tile tile, Node chunk, Visible visible, Node query, Node own) {
        Node state = k.add(k.add(tile.scratch(), statesStart()), k.mul(query, part.bytes()));
        k.when(k.equal(chunk, visible.firstChunk(k)), () -> part.copy(k, state, own), () -> part.join(k, state, own));
    }

    private Node sharedPart(Tile tile, Node chunk, Node row, Node query) {
        Node number = k.add(context.entry(StepField.PARTS_START, row), chunk);
        Node head = k.add(k.mul(tile.head(), group), k.rem(query, group));
        Node index = k.add(k.mul(number, attention.heads()), head);
        return k.add(context.argument(Argument.Parts.PARTS), k.mul(index, part.bytes()));
    }

    private List<Node> zeros(int count) {
        return locals(count, k.real(0));
    }

    private List<Node> locals(int count, Node start) {
        return Stream.generate(() -> k.local(start)).limit(count).toList();
    }
}
