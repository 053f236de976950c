using System.Diagnostics;
using System.Globalization;
using K2I.Base;

namespace K2I.Simulation.Tests;

/// <summary>
/// Runs all threads of a simulated world one at a time. A thread keeps the baton until it calls the world (<see cref="Enter"/>) or waits; then the seed
/// says who is next. Virtual time stands still while anyone can run, and jumps to the next wake-up when nobody can.
/// </summary>
/// <remarks>Everything is called by the thread that holds the baton, but for <see cref="Run"/>. A thread that blocks on something else than the clock holds up the world: that is found and fails the run.</remarks>
public sealed class Scheduler(Dice dice, Trace trace, double stickiness)
{
    private const int StuckAfterMs = 60_000;

    /// <summary>Calls in a row without time passing: someone spins.</summary>
    private const int MostCallsAtOnce = 200_000;

    private readonly List<SimThread> threads = [];
    private readonly List<SimThread> choices = [];
    private readonly ManualResetEventSlim over = new();
    private SimThread? current;
    private Exception? failure;
    private bool ending;
    private long steps;
    private long stepsAtThisTime;

    public long NowMs { get; private set; }

    public long Steps => Volatile.Read(ref steps);

    public Trace Trace => trace;

    public SimProcess CurrentProcess => current!.Process;

    public string CurrentThread => current is { } thread ? $"{thread.Process.Name}/{thread.Name}" : "";

    /// <summary>A thread that begins at once, in its turn.</summary>
    public void Start(SimProcess process, string name, Action work)
    {
        var thread = new SimThread(process, name);
        threads.Add(thread);
        process.Threads++;
        new Thread(() => Body(thread, work), 1 << 20) { IsBackground = true, Name = $"{process.Name}/{name}" }.Start();
    }

    /// <summary>Runs the world to its end: when the actor <paramref name="main"/> has ended, everyone else is killed. Throws what broke.</summary>
    public void Run(Action main)
    {
        Start(new("world"), "main", () =>
        {
            main();
            ending = true;
        });
        HandOver();
        long seen = -1;
        var since = Stopwatch.StartNew();
        while (!over.Wait(500))
        {
            if (Steps != seen) (seen, since) = (Steps, Stopwatch.StartNew());
            else if (since.ElapsedMilliseconds > StuckAfterMs)
                throw new SimFailure($"{CurrentThread} does not come back: it blocks on something that is not the clock, or never ends; last call: {current?.Doing}");
        }
        if (failure is not null) throw new SimFailure(failure.Message, failure);
    }

    /// <summary>A call to the world begins: others may run before it does.</summary>
    public void Enter(string call)
    {
        var thread = current!;
        var process = thread.Process;
        thread.Doing = call;
        ThrowIfDead(thread);
        process.Calls++;
        if ((process.CallsToLive >= 0 && process.CallsToLive-- == 0) || process.IsLastCall?.Invoke(call) == true) Kill(process, "at " + call);
        trace.Add(NowMs, CurrentThread, call);
        Pass();
    }

    /// <summary>Others may run for so long.</summary>
    public void Sleep(long ms)
    {
        if (ms <= 0) Pass();
        else Wait(ms);
    }

    /// <summary>Stands still until <see cref="Wake"/> or the time is over.</summary>
    internal void Wait(long ms, List<SimThread>? waiters = null)
    {
        var thread = current!;
        ThrowIfDead(thread);
        thread.Waiting = true;
        thread.WakeMs = ms >= long.MaxValue - NowMs ? long.MaxValue : NowMs + ms;
        waiters?.Add(thread);
        HandOver();
        waiters?.Remove(thread);
        ThrowIfDead(thread);
    }

    internal static void Wake(List<SimThread> waiters)
    {
        foreach (var thread in waiters) thread.Waiting = false;
    }

    /// <summary>The process is gone at once. If it is the caller's own, the caller ends here.</summary>
    public void Kill(SimProcess process, string why)
    {
        if (process.Dead) return;
        trace.Add(NowMs, process.Name, "KILLED " + why);
        process.Dead = true;
        process.Frozen = false;
        foreach (var thread in threads)
            if (thread.Process == process) thread.Waiting = false;
        process.OnKilled?.Invoke();
        ThrowIfDead(current!);
        while (process.Threads > 0) Wait(1);
    }

    public void Freeze(SimProcess process)
    {
        trace.Add(NowMs, process.Name, "FROZEN");
        process.Frozen = true;
    }

    public void Thaw(SimProcess process)
    {
        trace.Add(NowMs, process.Name, "THAWED");
        process.Frozen = false;
    }

    /// <summary>The run has failed: no one gets any further.</summary>
    public void Fail(Exception error)
    {
        failure ??= error;
        ending = true;
        trace.Closed = true;
    }

    /// <summary>True for a thread that may only clean up.</summary>
    internal bool IsUnwinding => current!.Unwinding;

    /// <summary>Cleaning up, a thread waits for its siblings to let go; not for long, as nobody will see the difference.</summary>
    internal bool AwaitUnwinding(ILatch latch)
    {
        var thread = current!;
        for (var tries = 0; tries < 20 && !latch.IsSet; tries++)
        {
            thread.Waiting = true;
            thread.WakeMs = NowMs + 1;
            HandOver();
        }
        return latch.IsSet ? true : throw new SimCrash();
    }

    /// <summary>The last thread of a process waits until the others have ended. Throws nothing; false if they do not.</summary>
    internal bool AwaitSiblings()
    {
        var thread = current!;
        for (var tries = 0; tries < 200 && thread.Process.Threads > 1; tries++)
        {
            thread.Waiting = true;
            thread.WakeMs = NowMs + 1;
            HandOver();
        }
        return thread.Process.Threads == 1;
    }

    private void Pass()
    {
        var thread = current!;
        HandOver();
        ThrowIfDead(thread);
    }

    private static void ThrowIfDead(SimThread thread)
    {
        if (!thread.Process.Dead) return;
        thread.Unwinding = true;
        throw new SimCrash();
    }

    private void Body(SimThread thread, Action work)
    {
        thread.Baton.Wait();
        try
        {
            ThrowIfDead(thread);
            work();
        }
        catch (SimCrash)
        {
            // As it should be.
        }
        catch (Exception error)
        {
            Fail(error);
        }
        thread.Ended = true;
        thread.Process.Threads--;
        threads.Remove(thread);
        HandOver(ended: true);
    }

    /// <summary>Gives the baton to whoever is next, and waits to get it back.</summary>
    private void HandOver(bool ended = false)
    {
        var from = current;
        Volatile.Write(ref steps, steps + 1);
        if (++stepsAtThisTime > MostCallsAtOnce) Fail(new SimFailure($"time does not pass any more: {CurrentThread} does {from?.Doing}"));
        if (ending) KillAll();
        var next = Choose(ended ? null : from);
        if (next is null)
        {
            over.Set();
            return;
        }
        if (next == from) return;
        current = next;
        next.Baton.Release();
        if (!ended && from is not null) from.Baton.Wait();
    }

    private SimThread? Choose(SimThread? from)
    {
        while (true)
        {
            choices.Clear();
            foreach (var thread in threads)
                if (!thread.Waiting && !thread.Process.Frozen) choices.Add(thread);
            if (choices.Count > 0)
            {
                if (from is { Waiting: false, Process.Frozen: false } && dice.Chance(stickiness)) return from;
                return choices[dice.Below(choices.Count)];
            }
            if (threads.Count == 0) return null;
            Advance();
        }
    }

    /// <summary>Nobody can run: on to the next time at which someone can.</summary>
    private void Advance()
    {
        var next = long.MaxValue;
        foreach (var thread in threads)
            if (!thread.Process.Frozen) next = Math.Min(next, thread.WakeMs);
        if (next == long.MaxValue)
        {
            Fail(new SimFailure("everyone waits for each other: " + string.Join("; ", threads.Select(t => $"{t.Process.Name}/{t.Name} at {t.Doing}{(t.Process.Frozen ? " (frozen)" : "")}"))));
            KillAll();
            // Those that wait while they clean up are let through.
            foreach (var thread in threads) thread.Waiting = false;
            return;
        }
        if (next > NowMs) stepsAtThisTime = 0;
        NowMs = Math.Max(NowMs, next);
        foreach (var thread in threads)
            if (thread.Waiting && thread.WakeMs <= NowMs) thread.Waiting = false;
    }

    private void KillAll()
    {
        foreach (var thread in threads)
        {
            if (thread.Process.Dead) continue;
            thread.Process.Dead = true;
            thread.Process.Frozen = false;
            foreach (var each in threads)
                if (each.Process == thread.Process) each.Waiting = false;
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{NowMs} ms, {Steps} steps, hash {trace.Hash:x16}");
}
