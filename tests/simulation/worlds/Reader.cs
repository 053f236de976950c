using System.Text.Json;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Simulation.Tests;

/// <summary>
/// Reads tables from the engines that feed them, at any moment: what is in the snapshot and what is in memory together are each record
/// below the offsets of the cut, once, and no other.
/// </summary>
internal sealed class Reader(World world)
{
    /// <summary>What takes rows back, or gives an offset to another record: a cut of before is right and says something else.</summary>
    private static readonly string[] TakesBack = ["recreate", "rollback", "replace"];

    private readonly Dice dice = Dice.For(world.Options.Seed, "reader");
    private readonly bool mustHaveAll = !TakesBack.Any(world.Options.Has);

    /// <summary>Cuts that were looked at, and rows found in memory.</summary>
    internal (int Cuts, long HotRows) Seen { get; private set; }

    internal void Work()
    {
        while (true)
        {
            world.Scheduler.Sleep(10 + dice.Below(1_000));
            var host = world.Hosts[dice.Below(world.Hosts.Length)];
            var table = world.Tables[dice.Below(world.Tables.Length)];
            if (host.IsUp) Read(host, table);
        }
    }

    private void Read(SimHost host, TableIdent ident)
    {
        TableCut? cut;
        try
        {
            cut = host.Engine!.Cut(ident.Name, withLeases: true);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unavailable)
        {
            return;
        }
        if (cut is null) throw new SimFailure($"{host.Name} does not know table {ident}");
        try
        {
            var found = new HashSet<SimRecord>();
            var text = new RowJson();
            if (!TryReadCold(cut, text, found)) return;
            foreach (var hot in cut.Hot)
            {
                var rows = hot.Segment.View(hot.Rows);
                for (var i = 0; i < hot.Rows; i++) Take(cut, text, rows, new(i), found, $"memory of {host.Name}");
            }
            Seen = (Seen.Cuts + 1, Seen.HotRows + cut.Hot.Sum(h => h.Rows));
            if (mustHaveAll) CheckNoneLacks(host, ident, cut, found);
        }
        finally
        {
            foreach (var lease in cut.Leases) lease.Dispose();
        }
    }

    /// <summary>False where another engine has expired the snapshot since.</summary>
    private bool TryReadCold(TableCut cut, RowJson text, HashSet<SimRecord> found)
    {
        if (cut.Cold is not { } table) return true;
        try
        {
            var scan = new TableScan(table, world.Objects);
            var ours = scan.Plan().Where(t => !t.Data.File.FilePath.Contains(OtherEngine.Folder, StringComparison.Ordinal));
            using var reader = scan.Read([.. ours]);
            while (reader.TryRead(out var batch))
                for (var i = 0; i < batch.Rows; i++) Take(cut, text, batch.Batch, batch.Ordinal(i), found, "the snapshot");
            return true;
        }
        catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
        {
            return false;
        }
    }

    private void Take(TableCut cut, RowJson text, Batch rows, Ordinal at, HashSet<SimRecord> found, string where)
    {
        text.Clear();
        text.AppendLine(rows, at);
        using var row = JsonDocument.Parse(text.Written.ToArray());
        if (world.RecordOf(row.RootElement) is not { } record)
            throw new SimFailure($"{where} has a row that nobody produced: {row.RootElement}");
        if (!found.Add(record)) throw new SimFailure($"{record} is in a cut twice, the second time in {where}");
        if (mustHaveAll && !IsBelow(cut, record)) throw new SimFailure($"{record} is in {where}, and beyond the offsets of the cut");
    }

    private static bool IsBelow(TableCut cut, SimRecord record) =>
        cut.Offsets.TryGetValue((record.Topic.Name, record.Partition), out var next) && next > new Offset(record.Offset);

    private void CheckNoneLacks(SimHost host, TableIdent ident, TableCut cut, HashSet<SimRecord> found)
    {
        foreach (var record in world.Broker.Everything)
        {
            if (record.Kind != RecordKind.Row || record.MayBeMissing || found.Contains(record)) continue;
            if (IsBelow(cut, record)) throw new SimFailure($"{record} lacks in a cut of {ident} in {host.Name}, and is below its offsets");
        }
    }
}
