using K2I.Base;
using K2I.Parquet;

namespace K2I.Pipeline;

/// <summary>
/// Threads that encode columns of data files beside the flush workers, as many at a time as cores are idle. Any thread; several may <see cref="Run"/> at once.
/// </summary>
/// <remarks>
/// A helper that comes too late is not waited for: its share has been done by who came. Idle is what this process leaves of its cores, the encoding itself aside; it is measured ten
/// times a second while files are written, so that helpers never take a core from reading and decoding for longer.
/// </remarks>
public sealed class EncodeTeam : IEncodeTeam
{
    private const long MeasureMs = 100;

    private readonly Lock gate = new();
    private readonly IClock clock;
    private readonly int helpers;
    private readonly ILatch wanted;
    private readonly List<Round> open = [];
    private int users, callers, idleCores;
    private long measuredMs, usedNs, encodedNs;

    /// <param name="helpers">Threads that will call <see cref="Help"/>.</param>
    /// <param name="users">Whoever calls <see cref="Run"/> and, at its end, <see cref="Leave"/>; the helpers stay as long.</param>
    /// <param name="clock">For waiting and for how long a measurement holds.</param>
    public EncodeTeam(int helpers, int users, IClock clock)
    {
        this.helpers = helpers;
        this.users = users;
        this.clock = clock;
        wanted = clock.CreateLatch(isSet: users == 0);
        measuredMs = clock.MonotonicMs - MeasureMs;
        idleCores = Environment.ProcessorCount;
    }

    public int Size => helpers + 1;

    public void Run(Action<int> work)
    {
        var round = Offer(work);
        try
        {
            Do(work, 0);
        }
        finally
        {
            Close(round);
        }
    }

    /// <summary>What each helper's thread runs: ends when the last user has left.</summary>
    public void Help()
    {
        while (Take() is var (round, number))
        {
            try
            {
                Do(round.Work, number);
            }
            finally
            {
                lock (gate)
                    if (--round.Working == 0 && round.Closed) round.Done.Set();
            }
        }
    }

    /// <summary>Called once by each user when it is done.</summary>
    public void Leave()
    {
        lock (gate)
            if (--users == 0) wanted.Set();
    }

    private Round Offer(Action<int> work)
    {
        var round = new Round(work, clock.CreateLatch());
        lock (gate)
        {
            callers++;
            Measure();
            round.Seats = Math.Clamp(idleCores - callers, 0, helpers);
            if (round.Seats == 0) return round;
            open.Add(round);
            wanted.Set();
        }
        return round;
    }

    private (Round Round, int Number)? Take()
    {
        while (true)
        {
            _ = wanted.Wait();
            lock (gate)
            {
                if (users == 0) return null;
                if (open is [var round, ..])
                {
                    round.Working++;
                    var number = ++round.Taken;
                    if (number == round.Seats) open.Remove(round);
                    return (round, number);
                }
                wanted.Reset();
            }
        }
    }

    private void Close(Round round)
    {
        lock (gate)
        {
            callers--;
            open.Remove(round);
            round.Closed = true;
            if (round.Working == 0) return;
        }
        _ = round.Done.Wait();
    }

    private void Do(Action<int> work, int number)
    {
        var from = CpuTime.ThreadNs;
        work(number);
        Interlocked.Add(ref encodedNs, CpuTime.ThreadNs - from);
    }

    private void Measure()
    {
        var now = clock.MonotonicMs;
        if (now - measuredMs < MeasureMs) return;
        var used = CpuTime.ProcessNs - Volatile.Read(ref encodedNs);
        if (usedNs > 0) idleCores = Environment.ProcessorCount - (int)Math.Round((used - usedNs) / 1e6 / (now - measuredMs));
        (measuredMs, usedNs) = (now, used);
    }

    private sealed class Round(Action<int> work, ILatch done)
    {
        public Action<int> Work { get; } = work;

        public ILatch Done { get; } = done;

        public int Seats, Taken, Working;
        public bool Closed;
    }
}
