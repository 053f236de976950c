namespace K2I.Kit;

/// <summary>A folder of one test's own, which goes when the test ends.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("k2i-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
