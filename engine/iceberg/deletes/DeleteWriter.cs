using System.Collections.Immutable;

using K2I.Base;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>
/// Writes which rows of data files are deleted, in the form that the table's version demands: a position delete file for each data file in version 2,
/// deletion vectors in version 3. One thread.
/// </summary>
/// <remarks>
/// A data file may have one deletion vector only, so a new one takes in the file's old vector and, in tables that were version 2 once, its position
/// deletes; what it replaces must leave the table in the same commit. Files that lie in a partition keep their spec and partition in their deletes.
/// </remarks>
public sealed class DeleteWriter : IDisposable
{
    private readonly Table table;
    private readonly IObjectStore store;
    private readonly IRandom random;
    private readonly ParquetBuffers buffers = new();
    private readonly Dictionary<string, (ScanTask Task, RowPositions Positions)> files = new(StringComparer.Ordinal);

    /// <param name="table">As it was when the rows were found.</param>
    /// <param name="store">Takes the files; also has the table's.</param>
    /// <param name="random">For the files' names.</param>
    public DeleteWriter(Table table, IObjectStore store, IRandom? random = null)
    {
        if (table.Metadata.FormatVersion < 2) throw new EngineException(ErrorKind.Unsupported, $"table {table.Ident} has format version {table.Metadata.FormatVersion}, which knows no deletes");
        this.table = table;
        this.store = store;
        this.random = random ?? SystemRandom.Instance;
    }

    /// <summary>
    /// Version 3: put all vectors into one file. Fewer objects, but some readers (DuckDB 1.5) take one vector of a shared file for another, and Iceberg Java's
    /// expiry (1.12) deletes the file with the first of its vectors that is replaced, the others still in use.
    /// </summary>
    public bool ShareFiles { get; init; }

    /// <summary>Deletes rows of a data file of the table, which a scan planned: so its deletes so far are known.</summary>
    public void Delete(ScanTask task, RowPositions positions)
    {
        if (files.TryGetValue(task.Data.File.FilePath, out var known))
        {
            known.Positions.Union(positions);
            return;
        }
        var own = new RowPositions();
        own.Union(positions);
        files[task.Data.File.FilePath] = (task, own);
    }

    /// <summary>Deletes rows of a data file that is added in the same commit.</summary>
    public void Delete(DataFile file, RowPositions positions) => Delete(new ScanTask(new ManifestEntry(EntryStatus.Added, null, null, null, file), []), positions);

    /// <summary>Writes the files. Those of a commit that fails for certain are the caller's to delete.</summary>
    public RowDeletes Finish()
    {
        var marked = files.Values.Where(f => f.Positions.Count > 0).OrderBy(f => f.Task.Data.File.FilePath, StringComparer.Ordinal).ToList();
        if (marked.Count == 0) return new RowDeletes([], []);
        if (table.Metadata.FormatVersion >= 3) return Vectors(marked);
        return new RowDeletes([.. marked.Select(f => PositionDeleteFile.Write(table.Metadata, store, Location(f.Task.Data.File, "parquet"), f.Task.Data.File, f.Positions, buffers))], []);
    }

    public void Dispose() => buffers.Dispose();

    private RowDeletes Vectors(List<(ScanTask Task, RowPositions Positions)> marked)
    {
        var known = new DeleteReader(table.Metadata, store, buffers);
        var replaced = ImmutableArray.CreateBuilder<DataFile>();
        var vectors = new List<(DataFile File, RowPositions Positions)>();
        foreach (var (task, positions) in marked)
        {
            if (known.Positions(task) is { } before) positions.Union(before);
            replaced.AddRange(task.Deletes.Select(d => d.File).Where(f => f.Content == FileContent.PositionDeletes && f.ReferencedDataFile == task.Data.File.FilePath));
            vectors.Add((task.Data.File, positions));
        }
        IEnumerable<List<(DataFile File, RowPositions)>> files = ShareFiles ? [vectors] : vectors.Select(v => new List<(DataFile, RowPositions)> { v });
        return new RowDeletes([.. files.SelectMany(f => DeletionVectorFile.Write(store, Location(f.Count == 1 ? f[0].File : null, "puffin"), f))], replaced.ToImmutable());
    }

    private string Location(DataFile? file, string suffix)
    {
        var metadata = table.Metadata;
        var builder = new DataFileBuilder(metadata);
        var name = $"{random.NewGuid()}-deletes.{suffix}";
        return file is not null && metadata.FindSpec(file.SpecId) is { } spec ? builder.LocationFor(spec, file.Partition, name) : builder.LocationFor(PartitionSpec.Unpartitioned, PartitionTuple.Empty, name);
    }
}
