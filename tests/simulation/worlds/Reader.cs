using System.Globalization;
using System.Text;
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

    /// <summary>Cuts that were looked at, rows in memory that were in them, and keys that were found.</summary>
    internal (int Cuts, long HotRows, int Keys) Seen { get; private set; }

    internal void Work()
    {
        while (true)
        {
            world.Scheduler.Sleep(10 + dice.Below(1_000));
            var host = world.Hosts[dice.Below(world.Hosts.Length)];
            var table = world.Tables[dice.Below(world.Tables.Length)];
            if (!host.IsUp) continue;
            Read(host, table);
            if (!world.Options.Infer && world.Broker.Everything.Count > 0) Find(host, table);
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
            Seen = Seen with { Cuts = Seen.Cuts + 1, HotRows = Seen.HotRows + cut.Hot.Sum(h => h.Rows) };
            if (mustHaveAll) CheckNoneLacks(host, ident, cut, found);
        }
        finally
        {
            foreach (var lease in cut.Leases) lease.Dispose();
        }
    }

    /// <summary>
    /// A record's key finds its row in memory; where it does not, a cut that is made afterwards has the row in the snapshot, or does not
    /// come so far.
    /// </summary>
    private void Find(SimHost host, TableIdent ident)
    {
        var wanted = world.Broker.Everything[dice.Below(world.Broker.Everything.Count)];
        if (wanted.Kind != RecordKind.Row) return;
        FoundRow? found;
        TableCut cut;
        try
        {
            found = host.Engine!.Find(ident.Name, [wanted.Id.ToString(CultureInfo.InvariantCulture)]);
            cut = host.Engine.Cut(ident.Name, withLeases: true)!;
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unavailable)
        {
            return;
        }
        try
        {
            var text = new RowJson();
            if (found is null)
            {
                foreach (var hot in cut.Hot)
                {
                    var rows = hot.Segment.View(hot.Rows);
                    for (var i = 0; i < hot.Rows; i++)
                        if (RecordAt(text, rows, new(i)) == wanted)
                            throw new SimFailure($"{wanted} is in memory of {host.Name} and was not found by its key");
                }
                return;
            }
            var row = RecordAt(text, found.Lease.Segment.View(found.Row.Value + 1), found.Row);
            Seen = Seen with { Keys = Seen.Keys + 1 };
            if (row != wanted) throw new SimFailure($"{host.Name} has {row} for the key of {wanted}");
        }
        finally
        {
            found?.Lease.Dispose();
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
        if (RecordAt(text, rows, at) is not { } record)
            throw new SimFailure($"{where} has a row that nobody produced: {Encoding.UTF8.GetString(text.Written)}");
        if (!found.Add(record)) throw new SimFailure($"{record} is in a cut twice, the second time in {where}");
        if (mustHaveAll && !IsBelow(cut, record)) throw new SimFailure($"{record} is in {where}, and beyond the offsets of the cut");
    }

    private SimRecord? RecordAt(RowJson text, Batch rows, Ordinal at)
    {
        text.Clear();
        text.AppendLine(rows, at);
        using var row = JsonDocument.Parse(text.Written.ToArray());
        return world.RecordOf(row.RootElement);
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
