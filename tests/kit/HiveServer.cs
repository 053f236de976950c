namespace K2I.Kit;

/// <summary>
/// A Hive Metastore in a folder that goes with it. Throws <see cref="InvalidOperationException"/> where a script of it fails.
/// </summary>
public sealed class HiveServer : IDisposable
{
    /// <summary>The script that starts it, below <see cref="Shared"/>.</summary>
    public const string Program = "peers/hive/start";

    private readonly TempFolder folder = new();

    /// <param name="bucket">A bucket of S3 that tables may lie in; null for none.</param>
    public HiveServer(string? bucket = null)
    {
        var environment = new Dictionary<string, string>();
        if (bucket is not null) environment["HIVE_CONF_DIR"] = Configure(bucket);
        Uri = Tool.Run("bash", [Shared.Need(Program), Folder], environment: environment).Expect(0).Output.Trim().Split('\n')[^1];
    }

    public string Uri { get; }

    public string Warehouse => Path.Combine(folder.Path, "warehouse");

    private string Folder => Path.Combine(folder.Path, "hive");

    public void Dispose()
    {
        _ = Tool.Run("bash", [Shared.Need("peers/hive/stop"), Folder, "--kill"]);
        folder.Dispose();
    }

    /// <summary>
    /// It has no client of S3. All that it does there is to make the folders of tables, which there are none of in S3: so it makes them
    /// here.
    /// </summary>
    private string Configure(string bucket)
    {
        const string overlaid = "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme";
        (string, string)[] settings =
        [
            ("fs.s3.impl", overlaid), ("fs.viewfs.overload.scheme.target.s3.impl", "org.apache.hadoop.fs.RawLocalFileSystem"),
            ($"fs.viewfs.mounttable.{bucket}.linkFallback", new Uri(Path.Combine(folder.Path, "bucket")).AbsoluteUri),
        ];
        Directory.CreateDirectory(Path.Combine(folder.Path, "bucket"));
        var conf = Directory.CreateDirectory(Path.Combine(folder.Path, "conf")).FullName;
        var properties = settings.Select(s => $"<property><name>{s.Item1}</name><value>{s.Item2}</value></property>");
        File.WriteAllText(Path.Combine(conf, "hive-site.xml"), $"<configuration>{string.Concat(properties)}</configuration>");
        return conf;
    }
}
