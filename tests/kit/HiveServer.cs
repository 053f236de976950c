namespace K2I.Kit;

/// <summary>
/// A Hive Metastore in a folder that goes with it. Throws <see cref="InvalidOperationException"/> where a script of it fails.
/// </summary>
public sealed class HiveServer : IDisposable
{
    /// <summary>The script that starts it, below <see cref="Shared"/>.</summary>
    public const string Program = "peers/hive/start";

    private readonly TempFolder folder = new();

    public HiveServer() => Uri = Tool.Output("bash", [Shared.Need(Program), Folder]).Trim().Split('\n')[^1];

    public string Uri { get; }

    public string Warehouse => Path.Combine(folder.Path, "warehouse");

    private string Folder => Path.Combine(folder.Path, "hive");

    public void Dispose()
    {
        _ = Tool.Run("bash", [Shared.Need("peers/hive/stop"), Folder, "--kill"]);
        folder.Dispose();
    }
}
