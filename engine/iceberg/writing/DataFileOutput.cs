using K2I.Base;
using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>
/// One data file of a table on its way into the store: rows go in, <see cref="Finish"/> makes it a file that a snapshot can name. Owner
/// of what it writes to. One thread.
/// </summary>
/// <remarks>
/// The footer says which schema the rows have (<c>iceberg.schema</c>, as Iceberg's Java writer does). Memory: that of
/// <see cref="ParquetWriter"/>. What was not finished is no object of the store.
/// </remarks>
public sealed class DataFileOutput : IDisposable
{
    /// <summary>Key of the footer's metadata: the rows' schema as JSON.</summary>
    public const string SchemaKey = "iceberg.schema";

    private readonly DataFileBuilder files;
    private readonly PartitionSpec spec;
    private readonly PartitionTuple partition;
    private readonly IObjectWriter target;
    private ParquetFileResult? result;

    /// <param name="files">Describes the file.</param>
    /// <param name="spec">What the rows are divided by.</param>
    /// <param name="partition">The partition that all rows belong to.</param>
    /// <param name="schema">Of the rows; may have columns besides the table's.</param>
    /// <param name="options">How the table wants its files.</param>
    /// <param name="target">The object; closed with this.</param>
    /// <param name="sink">Takes the bytes on their way into the object; null: nobody does.</param>
    /// <param name="buffers">Memory shared with others.</param>
    /// <param name="team">Encodes columns side by side.</param>
    public DataFileOutput(
        DataFileBuilder files, PartitionSpec spec, PartitionTuple partition, Schema schema, ParquetOptions options, IObjectWriter target,
        IByteSink? sink = null, ParquetBuffers? buffers = null, IEncodeTeam? team = null)
    {
        (this.files, this.spec, this.partition, this.target) = (files, spec, partition, target);
        Writer = new ParquetWriter(schema, options.Fitting(schema), sink ?? new ObjectSink(target), buffers, team);
        Writer.SetMetadata(SchemaKey, SchemaJson.ToText(schema));
    }

    /// <summary>Takes the rows.</summary>
    public ParquetWriter Writer { get; }

    public string Location => target.Location;

    /// <summary>Bytes written; the row group being encoded comes on top.</summary>
    public long Bytes => target.Length;

    /// <summary>All rows are written: the file goes on its way, and gives back the memory it was encoded in.</summary>
    public void BeginFinish()
    {
        result = Writer.Finish();
        Writer.Dispose();
        target.BeginComplete();
    }

    /// <summary>Ends the file. From now on the store has it.</summary>
    /// <param name="sorted">The rows are in the table's default sort order.</param>
    public DataFile Finish(bool sorted = false)
    {
        result ??= Writer.Finish();
        KillPoint.Hit("file.before-complete");
        target.Complete();
        KillPoint.Hit("file.after-complete");
        return files.Build(target.Location, result, spec.SpecId, partition, sorted);
    }

    public void Dispose()
    {
        Writer.Dispose();
        target.Dispose();
    }
}
