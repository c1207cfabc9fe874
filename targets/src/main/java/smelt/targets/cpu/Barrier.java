package smelt.targets.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The meeting point of the threads inside a compiled step, as LLVM IR text: {@code define void @smelt_barrier(ptr
 * %barrier, i32 %thread, i32 %threads)}. Every thread's writes before it are seen by every thread after it.
 *
 * <p>Each thread has a cache line with the number of barriers it reached. Up to 8 threads read each other's lines,
 * which costs one transfer a pair; more threads count on the first line and wait on one that only the last arrival
 * writes. A waiter polls, then pauses between polls, then sleeps (futex(2)) until the line changes: whoever is late has
 * lost its core to a neighbour then, and a core that falls idle is where the system lets it go on. Yielding instead
 * keeps that core looking busy, and a process that never sleeps is the first to be preempted. Being woken takes longer
 * than a stage, though, and makes the others sleep in turn: where no neighbour is, {@link #setPatient} has them poll
 * on.
 */
public final class Barrier {
    private static final int LINE = 64;
    /** Above it the pairwise reads cost more than one contended counter. */
    private static final int MOST_PAIRWISE = 8;

    private static final int POLLS_BEFORE_PAUSE = 100;

    /**
     * An arrival may miss a waiter that is just falling asleep: without a fence, which would cost each barrier a
     * quarter more, the look for sleepers may come before the arrival is seen. Such a sleeper wakes by itself.
     */
    private static final int LONGEST_SLEEP_NANOS = 500_000;

    /** Where in the first line stands how many polls more there are before a sleep; only read while a step runs. */
    private static final int MORE_POLLS = 8;

    private static final int FUTEX_WAIT_PRIVATE = 128;
    private static final int FUTEX_WAKE_PRIVATE = 129;

    /** Upper-case names stand for what differs between architectures, and for the limits above. */
    private static final String TEMPLATE = """
            @smelt_nap = internal constant [2 x i64] [i64 0, i64 LONGEST_SLEEP_NANOS]

            define internal void @smelt_wait(ptr %line, i32 %seen, i32 %polls, i32 %most) nounwind alwaysinline {
              %spin = icmp ult i32 %polls, POLLS_BEFORE_PAUSE
              br i1 %spin, label %done, label %slow
            slow:
              %short = icmp ult i32 %polls, %most
              br i1 %short, label %pause, label %sleep
            pause:
              call void asm sideeffect "PAUSE", "~{memory}"()
              br label %done
            sleep:
              %sleepers = getelementptr i8, ptr %line, i64 4
              %more = atomicrmw add ptr %sleepers, i32 1 seq_cst, align 4
              %seen64 = zext i32 %seen to i64
              %woken = call i64 asm sideeffect "SYSCALL"(i64 FUTEX, ptr %line, i64 WAIT, i64 %seen64, ptr @smelt_nap)
              %fewer = atomicrmw sub ptr %sleepers, i32 1 seq_cst, align 4
              br label %done
            done:
              ret void
            }

            define internal void @smelt_publish(ptr %line, i32 %value) nounwind alwaysinline {
              store atomic i32 %value, ptr %line release, align 64
              %sleepers = getelementptr i8, ptr %line, i64 4
              %asleep = load atomic i32, ptr %sleepers monotonic, align 4
              %none = icmp eq i32 %asleep, 0
              br i1 %none, label %done, label %wake
            wake:
              %woken = call i64 asm sideeffect "SYSCALL"(i64 FUTEX, ptr %line, i64 WAKE, i64 2147483647, ptr null)
              br label %done
            done:
              ret void
            }

            define void @smelt_barrier(ptr %barrier, i32 %thread, i32 %threads) nounwind noinline {
              %alone = icmp eq i32 %threads, 1
              br i1 %alone, label %done, label %meet
            meet:
              %moreslot = getelementptr i8, ptr %barrier, i64 MORE_POLLS
              %more = load i32, ptr %moreslot, align 4
              %most = add i32 %more, POLLS_BEFORE_SLEEP
              %few = icmp ule i32 %threads, MOST_PAIRWISE
              br i1 %few, label %pairwise, label %counted

            pairwise:
              %line = add i32 %thread, 1
              %line64 = zext i32 %line to i64
              %offset = shl i64 %line64, 6
              %own = getelementptr i8, ptr %barrier, i64 %offset
              %before = load i32, ptr %own, align 64
              %round = add i32 %before, 1
              call void @smelt_publish(ptr %own, i32 %round)
              br label %other
            other:
              %j = phi i32 [ 1, %pairwise ], [ %j1, %passed ]
              %j64 = zext i32 %j to i64
              %joffset = shl i64 %j64, 6
              %theirs = getelementptr i8, ptr %barrier, i64 %joffset
              br label %poll
            poll:
              %n = phi i32 [ 0, %other ], [ %n1, %wait ]
              %reached = load atomic i32, ptr %theirs acquire, align 64
              %ahead = sub i32 %reached, %round
              %there = icmp sge i32 %ahead, 0
              br i1 %there, label %passed, label %wait
            wait:
              call void @smelt_wait(ptr %theirs, i32 %reached, i32 %n, i32 %most)
              %n1 = add i32 %n, 1
              br label %poll
            passed:
              %j1 = add i32 %j, 1
              %all = icmp ugt i32 %j1, %threads
              br i1 %all, label %done, label %other

            counted:
              %gate = getelementptr i8, ptr %barrier, i64 64
              %generation = load atomic i32, ptr %gate monotonic, align 64
              %arrived = atomicrmw add ptr %barrier, i32 1 acq_rel, align 64
              %last = add i32 %arrived, 1
              %complete = icmp eq i32 %last, %threads
              br i1 %complete, label %open, label %queue
            open:
              store atomic i32 0, ptr %barrier monotonic, align 64
              %next = add i32 %generation, 1
              call void @smelt_publish(ptr %gate, i32 %next)
              ret void
            queue:
              %m = phi i32 [ 0, %counted ], [ %m1, %again ]
              %now = load atomic i32, ptr %gate acquire, align 64
              %opened = icmp ne i32 %now, %generation
              br i1 %opened, label %done, label %again
            again:
              call void @smelt_wait(ptr %gate, i32 %now, i32 %m, i32 %most)
              %m1 = add i32 %m, 1
              br label %queue
            done:
              ret void
            }
            """;

    private Barrier() {}

    /** Bytes of zeroed memory, aligned to 64, for {@code threads} threads; any number of barriers use it in turn. */
    public static long bytes(int threads) {
        return (long) LINE * (threads + 1);
    }

    /** Whether waiters of the barrier at the start of {@code memory} poll ten times as long before they sleep. */
    static void setPatient(MemorySegment memory, boolean patient) {
        memory.set(ValueLayout.JAVA_INT, MORE_POLLS, patient ? 9 * pollsBeforeSleep(Architecture.host()) : 0);
    }

    /** The definition, with its declarations, to be put into a module once. */
    public static String ir(Architecture architecture) {
        return TEMPLATE.replace("POLLS_BEFORE_PAUSE", Integer.toString(POLLS_BEFORE_PAUSE))
                .replace("POLLS_BEFORE_SLEEP", Integer.toString(pollsBeforeSleep(architecture)))
                .replace("MORE_POLLS", Integer.toString(MORE_POLLS))
                .replace("LONGEST_SLEEP_NANOS", Integer.toString(LONGEST_SLEEP_NANOS))
                .replace("MOST_PAIRWISE", Integer.toString(MOST_PAIRWISE))
                .replace("\"PAUSE\"", pause(architecture))
                .replace("\"SYSCALL\"", syscall(architecture))
                .replace("FUTEX", sysFutex(architecture))
                .replace("WAIT", Integer.toString(FUTEX_WAIT_PRIVATE))
                .replace("WAKE", Integer.toString(FUTEX_WAKE_PRIVATE));
    }

    /** Some 10 us, the length of a stage. A pause is 40 to 140 cycles on x86, and one elsewhere. */
    private static int pollsBeforeSleep(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> 300;
            case AARCH64, RISCV64 -> 5_000;
        };
    }

    private static String pause(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> "\"pause\"";
            case AARCH64 -> "\"yield\"";
            // The hint's encoding, which assemblers accept with and without extension Zihintpause.
            case RISCV64 -> "\".4byte 0x0100000f\"";
        };
    }

    private static String syscall(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> "\"syscall\", \"={ax},{ax},{di},{si},{dx},{r10},~{rcx},~{r11},~{memory}\"";
            case AARCH64 -> "\"svc #0\", \"={x0},{x8},{x0},{x1},{x2},{x3},~{memory}\"";
            case RISCV64 -> "\"ecall\", \"={x10},{x17},{x10},{x11},{x12},{x13},~{memory}\"";
        };
    }

    private static String sysFutex(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> "202";
            case AARCH64, RISCV64 -> "98";
        };
    }
}
