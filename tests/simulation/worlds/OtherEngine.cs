using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Simulation.Tests;

/// <summary>Someone else who commits to the same tables, and knows nothing of offsets.</summary>
internal sealed class OtherEngine(World world, Dice dice, TableIdent ident)
{
    /// <summary>Files in this folder are not ours and not real.</summary>
    internal const string Folder = "/data/foreign-";

    internal void DoSomething()
    {
        if (world.Load(ident) is not { } table) return;
        switch (dice.Below(4))
        {
            case 0:
                Append(table);
                break;
            case 1:
                Commit(new SetTableProperties { Updates = SummaryKeysOf("owner", $"someone {dice.Below(100)}") });
                break;
            case 2:
                Expire(table, keep: dice.Pick(1, 1, 3));
                break;
            default:
                Append(table);
                if (world.Load(ident) is { } now) Expire(now, keep: 1);
                break;
        }
    }

    /// <summary>Renames or drops one of the columns that records bring.</summary>
    internal void ChangeColumn()
    {
        if (world.Load(ident) is not { } table) return;
        var names = Enumerable.Range(1, SimWriter.Extras).Where(j => table.Metadata.CurrentSchema.FindByPath($"x{j}") is not null).ToList();
        if (names.Count == 0) return;
        var number = names[dice.Below(names.Count)];
        if (dice.Chance(0.6))
        {
            Commit(new UpdateSchema().Rename($"x{number}", $"y{number}"));
            return;
        }
        world.Broker.Schemas!.Dropped.Add(number);
        Commit(new UpdateSchema().Drop($"x{number}"));
    }

    /// <summary>Sets the table back to an earlier snapshot, where it has one.</summary>
    internal void Rollback()
    {
        if (world.Load(ident) is not { Metadata: { CurrentSnapshot: not null } metadata } table) return;
        var earlier = metadata.Ancestors().Skip(1 + dice.Below(2)).FirstOrDefault();
        if (earlier is null || OffsetMapIsLost(metadata, earlier)) return;
        world.Note("other", $"ROLLS BACK to {earlier.SnapshotId}");
        world.Watch.AllowGoingBack(metadata.Uuid);
        // What Kafka does not hold any more cannot be read again.
        foreach (var record in world.Broker.Everything.Where(r => r.Gone)) record.MayBeMissing = true;
        Send(table, [new MetadataUpdate.SetSnapshotRef(SnapshotRef.Main, new(earlier.SnapshotId, IsBranch: true))]);
    }

    /// <summary>Drops the table; perhaps another of the name is made.</summary>
    internal void Replace()
    {
        if (world.Options.FileCatalog || world.Load(ident) is not { } table) return;
        world.Note("other", "DROPS the table");
        world.Explained.Add(PauseReason.TableMissing);
        world.Explained.Add(PauseReason.TableReplaced);
        foreach (var record in world.Broker.Everything) record.MayBeMissing = true;
        _ = world.Server.Drop(ident, purge: false);
        if (dice.Chance(0.5)) _ = world.Server.Create(ident, new() { Schema = table.Metadata.CurrentSchema, Spec = table.Metadata.DefaultSpec, FormatVersion = table.Metadata.FormatVersion });
    }

    /// <summary>No ancestor of the snapshot carries the map, and the property tells of later rows: nobody could say where the table is.</summary>
    private static bool OffsetMapIsLost(TableMetadata metadata, Snapshot earlier)
    {
        for (Snapshot? at = earlier; at is not null; at = at.ParentSnapshotId is { } parent ? metadata.FindSnapshot(parent) : null)
            if (at.Summary.ContainsKey(K2IKeys.Offsets)) return false;
        return true;
    }

    private void Append(Table table)
    {
        var file = new DataFile
        {
            FilePath = $"{table.Metadata.Location}{Folder}{dice.Next():x16}.parquet",
            SpecId = table.Metadata.DefaultSpecId,
            Partition = table.Metadata.DefaultSpec.Fields.IsEmpty ? PartitionTuple.Empty : new([.. table.Metadata.DefaultSpec.Fields.Select(_ => (byte[]?)null)]),
            RecordCount = 10,
            FileSizeBytes = 100,
        };
        world.Objects.Put(file.FilePath, new byte[100]);
        Commit(new AppendFiles { Files = [file] });
    }

    private void Expire(Table table, int keep)
    {
        var metadata = table.Metadata;
        var kept = metadata.Ancestors().Take(keep).Select(s => s.SnapshotId).ToHashSet();
        // After a rollback the property tells of rows that are gone, until the engine has committed again: nobody could say where the table is without this snapshot.
        if (metadata.Ancestors().FirstOrDefault(s => s.Summary.ContainsKey(K2IKeys.Offsets)) is { } last && last.Summary[K2IKeys.Offsets] != metadata.Property(K2IKeys.Offsets))
            kept.UnionWith(metadata.Ancestors().Where(s => s.SequenceNumber >= last.SequenceNumber).Select(s => s.SnapshotId));
        ImmutableArray<SnapshotId> gone = [.. metadata.Snapshots.Select(s => s.SnapshotId).Where(s => !kept.Contains(s))];
        if (gone.IsEmpty || kept.Count == 0) return;
        world.Note("other", $"EXPIRES {gone.Length} snapshots");
        Send(table, [new MetadataUpdate.RemoveSnapshots(gone)]);
    }

    private void Send(Table table, ImmutableArray<MetadataUpdate> updates)
    {
        var main = table.Metadata.CurrentSnapshotId;
        _ = world.HonestCatalog.Commit(table, updates, [new TableRequirement.AssertTableUuid(table.Metadata.Uuid), new TableRequirement.AssertRefSnapshotId(SnapshotRef.Main, main)]);
    }

    private void Commit(TableAction action)
    {
        try
        {
            world.Note("other", $"COMMITS {action.GetType().Name}");
            var random = new SimRandom(dice);
            _ = new TableCommitter(world.HonestCatalog, world.HonestStore, new() { Retries = 5 }, world.Clock, random: random).Commit(ident, action);
        }
        catch (EngineException error)
        {
            world.Note("other", $"gave up: {error.Message}");
        }
    }

    private static ImmutableSortedDictionary<string, string> SummaryKeysOf(string key, string value) => ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(key, value);
}
