namespace K2I.Parquet.Tests;

/// <summary>Apache's parquet-testing files, below <c>K2I_SHARED</c> or <c>shared</c> beside the repository.</summary>
internal static class Corpus
{
    internal static string? Folder { get; } = Find();

    /// <summary>Every Parquet file, by its path below <c>data</c>.</summary>
    internal static IEnumerable<string> All() =>
        Directory.GetFiles(Folder!, "*.parquet*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Path.Join(Folder, "data"), f)).Order(StringComparer.Ordinal);

    internal static ParquetReader Open(string name, ParquetReadOptions? options = null) =>
        new(new MemorySource(Path.GetFileName(name), File.ReadAllBytes(Path.Join(Folder, "data", name))), options);

    private static string? Find()
    {
        var candidates = new List<string?> { Environment.GetEnvironmentVariable("K2I_SHARED") };
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
            if (Directory.Exists(Path.Join(at, "engine"))) candidates.AddRange([Path.Join(at, "shared"), Path.Join(Path.GetDirectoryName(at), "shared")]);
        return candidates.Where(c => !string.IsNullOrEmpty(c)).Select(c => Path.Join(c, "data", "parquet-testing")).FirstOrDefault(Directory.Exists);
    }
}
