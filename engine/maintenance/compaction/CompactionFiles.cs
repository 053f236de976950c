using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>The files that a job has written: their names, what snapshots are to say of them, and whose rows they have.</summary>
internal sealed class CompactionFiles(CompactionPlan plan, JobContext context)
{
    private readonly Guid id = context.Random.NewTimeGuid(context.Clock.UnixMs);
    private readonly List<string> created = [];
    private readonly List<CompactionGroup> groups = [];
    private CompactionGroup group = new();
    private int number;

    internal DataFileBuilder Builder { get; } = new(plan.Table.Metadata);

    /// <summary>Those that end.</summary>
    internal IReadOnlyList<CompactionGroup> Groups => groups;

    /// <summary>Of rows that others deleted while the job was on.</summary>
    internal ImmutableArray<DataFile> Deletes { get; private set; } = [];

    /// <summary>Rows of this input come next. Where no file is open, they need not be in one with those before.</summary>
    internal void From(ScanTask input, bool isOpen)
    {
        if (!isOpen) EndGroup();
        group.Inputs.Add(input);
    }

    /// <summary>All is written. Inputs without rows left are alone.</summary>
    internal void Finish()
    {
        EndGroup();
        var seen = groups.SelectMany(g => g.Inputs).ToHashSet();
        groups.AddRange(plan.Inputs.Where(i => !seen.Contains(i)).Select(i => new CompactionGroup { Inputs = { i } }));
    }

    /// <summary>Takes groups out, and removes what was written for them. No commit may name it.</summary>
    internal void Drop(Predicate<CompactionGroup> isLost)
    {
        foreach (var lost in groups.Where(g => isLost(g)).SelectMany(g => g.Outputs)) Remove(lost.FilePath);
        groups.RemoveAll(isLost);
    }

    /// <summary>Begins a file of a partition.</summary>
    internal IObjectWriter Create(PartitionTuple partition)
    {
        var name = Generation.NameOf(++number, plan.Generation, id);
        var target = context.Store.Create(Builder.LocationFor(plan.Spec, partition, name));
        created.Add(target.Location);
        return target;
    }

    internal void Add(DataFile file) => group.Outputs.Add(file);

    /// <summary>Deletes of rows in the new files, instead of any before.</summary>
    internal void Carry(ImmutableArray<DataFile> deletes)
    {
        foreach (var location in Deletes.Select(d => d.FilePath).Distinct()) Remove(location);
        Deletes = deletes;
        created.AddRange(deletes.Select(d => d.FilePath).Distinct());
    }

    /// <summary>Removes what was written: no snapshot names it, and none will.</summary>
    internal void Remove()
    {
        foreach (var location in created.ToList()) Remove(location);
    }

    private void EndGroup()
    {
        if (group.Inputs.Count == 0) return;
        groups.Add(group);
        group = new();
    }

    private void Remove(string location)
    {
        created.Remove(location);
        try
        {
            _ = context.Store.Delete(location);
        }
        catch (EngineException error)
        {
            context.Log.Warn(
                "a file that no snapshot refers to could not be removed", ("table", context.Ident), ("file", location),
                    ("error", error.Message));
        }
    }
}
