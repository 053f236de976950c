namespace K2I.Parquet.Tests;

/// <summary>Apache's parquet-testing files, below <c>K2I_SHARED</c> or <c>shared</c> beside the repository.</summary>
internal static class Corpus
{
    internal static string? Folder { get; } = Find();

    internal static IEnumerable<string> Files(string folder) => Directory.GetFiles(Path.Join(Folder, folder), "*.parquet").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    internal static ParquetReader Open(string folder, string name, ParquetReadOptions? options = null) =>
        new(new MemorySource(name, File.ReadAllBytes(Path.Join(Folder, folder, name))), options);

    private static string? Find()
    {
        var candidates = new List<string?> { Environment.GetEnvironmentVariable("K2I_SHARED") };
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
            if (Directory.Exists(Path.Join(at, "engine"))) candidates.AddRange([Path.Join(at, "shared"), Path.Join(Path.GetDirectoryName(at), "shared")]);
        return candidates.Where(c => !string.IsNullOrEmpty(c)).Select(c => Path.Join(c, "data", "parquet-testing")).FirstOrDefault(Directory.Exists);
    }
}
