using K2I.Base;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>The files that a job has written: their names, and what snapshots are to say of them.</summary>
internal sealed class CompactionFiles(CompactionPlan plan, JobContext context)
{
    private readonly Guid id = context.Random.NewTimeGuid(context.Clock.UnixMs);
    private readonly List<string> created = [];
    private readonly List<DataFile> complete = [];

    internal DataFileBuilder Builder { get; } = new(plan.Table.Metadata);

    /// <summary>Those that are complete.</summary>
    internal IReadOnlyList<DataFile> Complete => complete;

    /// <summary>Begins a file of a partition of the table's current spec.</summary>
    internal IObjectWriter Create(PartitionTuple partition)
    {
        var name = Generation.NameOf(created.Count + 1, plan.Generation, id);
        var target = context.Store.Create(Builder.LocationFor(plan.Table.Metadata.DefaultSpec, partition, name));
        created.Add(target.Location);
        return target;
    }

    internal void Add(DataFile file) => complete.Add(file);

    /// <summary>Removes what was written: no snapshot names it, and none will.</summary>
    internal void Remove()
    {
        foreach (var location in created)
        {
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
}
