using K2I.Base;

namespace K2I.Pipeline;

/// <summary>Changes of its configuration while it runs.</summary>
internal sealed partial class TableHandle
{
    /// <summary>
    /// The configuration says something else of it, or nothing (null). Its run ends with a flush, and the next one begins with what is
    /// said; limits of flushes and how the table is kept in shape count at once. Under the lock of the <see cref="TableSet"/>.
    /// </summary>
    internal void ChangeTo(TableOptions? next)
    {
        if (next is not null && Volatile.Read(ref change) is null && IsSameRun(next))
        {
            Volatile.Write(ref options, next);
            return;
        }
        Volatile.Write(ref change, new(next));
        Wake(Urgency.Control);
    }

    /// <summary>Nothing differs that a run was begun with.</summary>
    private bool IsSameRun(TableOptions next) =>
        (Options with { Flush = next.Flush, Maintenance = next.Maintenance, IsMaintained = next.IsMaintained }).Means(next);

    /// <summary>Begins to leave by a flush; true once it has taken too long.</summary>
    private bool IsLeavingOver(TableRun now)
    {
        if (leavingSinceMs == 0)
        {
            leavingSinceMs = clock.MonotonicMs;
            now.RequestFlush(null, Urgency.Control);
        }
        if (clock.MonotonicMs - leavingSinceMs < engine.RevokeTimeoutMs) return false;
        log.Warn("the table is let go before its rows were flushed; they are still in Kafka", ("table", Name),
            ("waited_ms", engine.RevokeTimeoutMs), ("reason", now.Flush?.Trouble));
        now.Fail(Left());
        return true;
    }

    private EngineException Left() => new(ErrorKind.Unavailable, $"table {Name}: its configuration is another");

    /// <summary>Between runs: the table is what the configuration says now. False where it is no more.</summary>
    private bool TakeChange()
    {
        leavingSinceMs = 0;
        while (Volatile.Read(ref change) is { } taken)
        {
            if (taken.Options is not { } next)
            {
                if (isGone) return false;
                if (!engine.Tables.TryRemove(this)) continue;
                isGone = true;
                ForgetStarts();
                engine.Found.Forget(Stream);
                Show(TableState.Stopped, "it is in the configuration no longer");
                engine.TellLanes(new LaneMessage.TablesChanged());
                engine.Work.Remove(this);
                engine.Upkeep.Remove(this);
                return false;
            }
            if (!ReferenceEquals(Interlocked.CompareExchange(ref change, null, taken), taken)) continue;
            if (next.Template.Length == 0 && !Options.Topics.SequenceEqual(next.Topics)) Topics = new(next.Topics, Name, log);
            Volatile.Write(ref options, next);
            (pausedBy, attemptMs, waitMs) = (null, 0, FirstWaitMs);
            log.Info("the table goes on with another configuration", ("table", Name));
            engine.TellLanes(new LaneMessage.TablesChanged());
        }
        return true;
    }
}
