namespace K2I.Kit;

/// <summary>
/// moto as AWS Glue, whose check of versions is real; all is in memory. Throws <see cref="InvalidOperationException"/> where a script of
/// it fails.
/// </summary>
public sealed class GlueServer : IDisposable
{
    /// <summary>The script that starts it, below <see cref="Shared"/>.</summary>
    public const string Program = "peers/s3/start-moto";

    private readonly TempFolder folder = new();

    /// <param name="python">The folder of the Python environment that has it.</param>
    public GlueServer(string python) =>
        Uri = Tool.Output("bash", [Shared.Need(Program), Folder, "--venv", python]).Trim().Split('\n')[^1];

    public string Uri { get; }

    private string Folder => Path.Combine(folder.Path, "glue");

    public void Dispose()
    {
        _ = Tool.Run("bash", [Shared.Need("peers/s3/stop"), Folder]);
        folder.Dispose();
    }
}
