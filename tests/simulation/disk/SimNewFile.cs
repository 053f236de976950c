using K2I.Base;
using K2I.Memory;

namespace K2I.Simulation.Tests;

/// <summary>A file being filled with zeros under a temporary name.</summary>
internal sealed class SimNewFile(SimFileSystem files, string path, long bytes) : INewFile
{
    private readonly string temporary = path + LocalFileSystem.TemporarySuffix;
    private long written;
    private bool disposed;

    public bool Advance(int maxBytes)
    {
        Check.That(!disposed && maxBytes > 0 && written < bytes);
        try
        {
            files.Enter("fill", path);
            var more = Math.Min(bytes - written, maxBytes);
            files.Reserve(path, more);
            written += more;
            files.Disk.Set(temporary, new(new byte[written], new byte[written]));
            if (written < bytes) return false;
            files.Disk.Move(temporary, path);
            disposed = true;
            return true;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (disposed || files.CallerIsDead) return;
        disposed = true;
        files.Disk.Remove(temporary);
    }
}
