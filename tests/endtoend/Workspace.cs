namespace K2I.EndToEnd.Tests;

/// <summary>A folder of one test: warehouse, data of the engine, configuration. Removed at the end unless K2I_KEEP is set.</summary>
public sealed class Workspace : IDisposable
{
    public Workspace() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "k2i-e2e-" + Guid.NewGuid().ToString("n")[..8]);

    public string Warehouse => Path.Combine(Folder, "warehouse");

    public string Data => Path.Combine(Folder, "data");

    /// <summary>The folder of a table of the default namespace, or of one named before a dot.</summary>
    public string Table(string name) => Path.Combine([Warehouse, .. (name.Contains('.', StringComparison.Ordinal) ? name : "default." + name).Split('.')]);

    public string File(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("K2I_KEEP") is null or "") Directory.Delete(Folder, recursive: true);
    }
}
