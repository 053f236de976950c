namespace K2I.Kit;

/// <summary>
/// Google Cloud Storage as fake-gcs-server has it, in memory, without logins: a bucket <c>warehouse</c>. Throws
/// <see cref="InvalidOperationException"/> where a script of it fails.
/// </summary>
public sealed class GcsServer : IDisposable
{
    /// <summary>The script that starts it, below <see cref="Shared"/>.</summary>
    public const string Program = "peers/gcs/start";

    public const string Bucket = "warehouse";

    private readonly TempFolder folder = new();

    public GcsServer() => Uri = Tool.Output("bash", [Shared.Need(Program), Folder, "--memory"]).Trim().Split('\n')[^1];

    public string Uri { get; }

    private string Folder => Path.Combine(folder.Path, "gcs");

    public void Dispose()
    {
        _ = Tool.Run("bash", [Shared.Need("peers/gcs/stop"), Folder]);
        folder.Dispose();
    }
}
