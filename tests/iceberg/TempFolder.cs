namespace K2I.Iceberg.Tests;

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("k2i-iceberg-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
