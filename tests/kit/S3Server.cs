namespace K2I.Kit;

/// <summary>
/// An S3 server whose conditional writes are real, in a folder that goes with it: keys <c>test</c>, <c>testtest</c>, a bucket
/// <c>warehouse</c>, path
/// style. Throws <see cref="InvalidOperationException"/> where a script of it fails.
/// </summary>
public sealed class S3Server : IDisposable
{
    /// <summary>The script that starts it, below <see cref="Shared"/>.</summary>
    public const string Program = "peers/s3/start";

    public const string AccessKey = "test", SecretKey = "testtest", Bucket = "warehouse";

    private readonly TempFolder folder = new();

    public S3Server(params string[] options) =>
        Uri = Tool.Output("bash", [Shared.Need(Program), Folder, "--keep-alive", .. options]).Trim().Split('\n')[^1];

    public string Uri { get; }

    private string Folder => Path.Combine(folder.Path, "s3");

    public void Dispose()
    {
        _ = Tool.Run("bash", [Shared.Need("peers/s3/stop"), Folder]);
        folder.Dispose();
    }
}
