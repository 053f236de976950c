namespace K2I.EndToEnd.Tests;

/// <summary>A file system of a few mebibytes, mounted on a folder.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string folder;

    public SmallDisk(string folder, int mebibytes)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        Tool.Run("mount", ["-t", "tmpfs", "-o", $"size={mebibytes}m", "k2i-test", folder]).Expect(0);
    }

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Missing { get; } = Try();

    public void Dispose() => Tool.Run("umount", ["-l", folder]);

    private static string? Try()
    {
        var folder = Directory.CreateTempSubdirectory("k2i-disk-").FullName;
        try
        {
            using var disk = new SmallDisk(folder, 1);
            return null;
        }
        catch (Exception error)
        {
            return $"a file system cannot be mounted here: {error.Message.Split('\n').LastOrDefault(l => l.Length > 0)}";
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}
