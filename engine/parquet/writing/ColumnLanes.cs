using System.Runtime.ExceptionServices;

namespace K2I.Parquet;

/// <summary>
/// Has work done for every column of a writer, on its thread or shared out among a team: whoever is free takes the next column, largest first. What a
/// column becomes does not depend on who worked on it.
/// </summary>
/// <remarks>Columns belong to one thread at a time, lanes (memory and codec context) to one member. Everything else of the writer stays with its own thread.</remarks>
internal sealed class ColumnLanes : IDisposable
{
    private readonly IEncodeTeam? team;
    private readonly Lane[] lanes;
    private readonly LeafWriter[][] leaves;
    private readonly int[] order;
    private readonly Action<int> member;
    private Action<Lane, int>? work;
    private ExceptionDispatchInfo? failure;
    private int taken;

    internal ColumnLanes(IEncodeTeam? team, Func<Lane> makeLane, LeafWriter[][] leaves)
    {
        this.team = team is { Size: > 1 } && leaves.Length > 1 ? team : null;
        this.leaves = leaves;
        lanes = new Lane[this.team is null ? 1 : Math.Min(this.team.Size, leaves.Length)];
        for (var i = 0; i < lanes.Length; i++) lanes[i] = makeLane();
        order = [.. Enumerable.Range(0, leaves.Length)];
        member = Member;
    }

    /// <summary>The writer's own.</summary>
    internal Lane First => lanes[0];

    internal IEnumerable<Compressor> Compressors => lanes.Select(l => l.Context.Compressor).OfType<Compressor>();

    /// <summary>Calls <paramref name="each"/> for every column. Throws what the first call that failed threw, when all have ended.</summary>
    internal void ForEach(Action<Lane, int> each)
    {
        if (team is null)
        {
            for (var column = 0; column < leaves.Length; column++) each(lanes[0], column);
            return;
        }
        work = each;
        taken = 0;
        Array.Sort(order, (a, b) => Size(b).CompareTo(Size(a)));
        team.Run(member);
        work = null;
        if (Interlocked.Exchange(ref failure, null) is { } first) first.Throw();
    }

    public void Dispose()
    {
        foreach (var lane in lanes) lane.Dispose();
    }

    private long Size(int column)
    {
        long bytes = 0;
        foreach (var leaf in leaves[column]) bytes += leaf.PendingBytes;
        return bytes;
    }

    private void Member(int number)
    {
        if (number >= lanes.Length) return;
        var lane = lanes[number];
        while (Interlocked.Increment(ref taken) - 1 is var next && next < order.Length)
        {
            try
            {
                foreach (var leaf in leaves[order[next]]) leaf.Context = lane.Context;
                work!(lane, order[next]);
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
            }
        }
    }
}
