using K2I.Pipeline;

namespace K2I.Simulation.Tests;

/// <summary>A person who looks at paused tables after a while and accepts what has a cause. A pause without one fails the run.</summary>
internal sealed class Operator(World world)
{
    private readonly Dice dice = Dice.For(world.Options.Seed, "operator");
    private int requests;

    internal void Work()
    {
        while (true)
        {
            world.Scheduler.Sleep(500 + dice.Below(4_000));
            foreach (var host in world.Hosts)
            {
                if (!host.IsUp) continue;
                foreach (var table in host.Engine!.Status().Tables)
                    if (table.State == TableState.Paused) Resume(host, table);
            }
        }
    }

    private void Resume(SimHost host, TableStatus table)
    {
        var reason = table.PauseReason!.Value;
        if (!world.Explained.Contains(reason)) throw new SimFailure($"{host.Name}: table {table.Name} is paused for {reason}, and nothing happened that explains it: {table.Detail}");
        var accept = PauseReasons.CanAccept(reason) ? reason : (PauseReason?)null;
        world.Note("operator", $"resumes {host.Name}, paused for {reason}");
        if (reason is PauseReason.TableMissing or PauseReason.TableReplaced or PauseReason.TopicRecreated && world.Load(world.Tables.AddRange(world.Routed).Single(t => t.Name == table.Name)) is { } now) world.Watch.AllowGoingBack(now.Metadata.Uuid);
        host.Disk.Put(ResumeRequest.PathOf(SimHost.DataDirectory, table.Name), new ResumeRequest(table.Name, $"r{++requests}", accept, world.Clock.UnixMs).ToJson());
    }
}
