using K2I.Base;

namespace K2I.Simulation.Tests;

/// <summary>Calls over a network: others run meanwhile, time passes, and what happens to the call is chance.</summary>
internal sealed class FaultyCalls(Scheduler scheduler, Dice dice, StoreFaults faults, SimProcess network)
{
    internal StoreFaults Faults => faults;

    internal Dice Dice => dice;

    internal Scheduler Scheduler => scheduler;

    /// <summary>A call that changes nothing.</summary>
    internal void Read(string call)
    {
        Begin(call);
        var fault = Choose(call, changes: false);
        if (fault != Fault.None) throw Error(call, fault == Fault.Denied ? Fault.Denied : Fault.Unavailable);
    }

    /// <summary>A call that changes something; what is thrown says as much as a client can know.</summary>
    internal T Change<T>(string call, Func<T> apply)
    {
        Begin(call);
        var fault = Choose(call, changes: true);
        switch (fault)
        {
            case Fault.None:
                var result = apply();
                if (faults.SlowMs > 0) scheduler.Sleep(dice.Below(faults.SlowMs + 1) / 2);
                return result;
            case Fault.LostAfter:
                _ = apply();
                break;
            case Fault.Late:
                var wait = 1 + dice.Below(faults.LateMs);
                scheduler.Start(network, "late", () =>
                {
                    scheduler.Sleep(wait);
                    scheduler.Enter("LANDS LATE " + call);
                    try
                    {
                        _ = apply();
                    }
                    catch (EngineException)
                    {
                        // It was too late, and nobody waits for the answer.
                    }
                });
                break;
        }
        throw Error(call, fault);
    }

    internal EngineException Error(string call, Fault fault)
    {
        scheduler.Trace.Add(scheduler.NowMs, scheduler.CurrentThread, $"FAULT {fault} {call}");
        return fault switch
        {
            Fault.Denied => new(ErrorKind.Denied, $"{call}: access denied"),
            Fault.Conflict => new(ErrorKind.Conflict, $"{call}: conflict"),
            Fault.Full => new(ErrorKind.Full, $"{call}: no space left"),
            Fault.Unavailable => new(ErrorKind.Unavailable, $"{call}: connection refused"),
            _ => new(ErrorKind.Unknown, $"{call}: timed out"),
        };
    }

    private void Begin(string call)
    {
        scheduler.Enter(call);
        if (faults.SlowMs > 0) scheduler.Sleep(dice.Below(faults.SlowMs + 1));
        if (faults.StallMs > 0 && dice.Chance(0.01)) scheduler.Sleep(dice.Below(faults.StallMs));
    }

    private Fault Choose(string call, bool changes)
    {
        if (faults.Script?.Invoke(call) is { } scripted and not Fault.None) return scripted;
        if (faults.Denies) return Fault.Denied;
        if (faults.Away)
        {
            scheduler.Sleep(dice.Below(2_000));
            return Fault.Unavailable;
        }
        if (dice.Chance(faults.Unavailable)) return Fault.Unavailable;
        if (!changes) return Fault.None;
        if (dice.Chance(faults.LostBefore)) return Fault.LostBefore;
        if (dice.Chance(faults.LostAfter)) return Fault.LostAfter;
        return dice.Chance(faults.Late) ? Fault.Late : Fault.None;
    }
}
