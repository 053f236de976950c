using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Memory;

/// <summary>Writes zeros under a temporary name, syncing as it goes so that no step waits long, then renames.</summary>
internal sealed class NewLocalFile : INewFile
{
    private static readonly byte[] Zeros = new byte[256 << 10];

    private readonly string path;
    private readonly string temporary;
    private readonly long bytes;
    private FileHandle? file;
    private long written;

    internal NewLocalFile(string path, long bytes)
    {
        Check.That(bytes > 0);
        this.path = path;
        this.bytes = bytes;
        temporary = path + LocalFileSystem.TemporarySuffix;
        file = FileHandle.Open(temporary, NativeFiles.ReadWrite | NativeFiles.Create | NativeFiles.Truncate, "cannot be created");
    }

    public bool Advance(int maxBytes)
    {
        Check.That(file is not null && maxBytes > 0);
        try
        {
            for (var end = Math.Min(bytes, written + maxBytes); written < end;)
            {
                var part = (int)Math.Min(Zeros.Length, end - written);
                file.Write(Zeros.AsSpan(0, part), written);
                written += part;
            }
            file.Sync();
            if (written < bytes) return false;
            file.Dispose();
            if (NativeFiles.Rename(temporary, path) != 0) throw FileHandle.Failure(Marshal.GetLastPInvokeError(), path, "cannot get its name");
            LocalFileSystem.SyncDirectory(Path.GetDirectoryName(path)!);
            file = null;
            return true;
        }
        catch (EngineException)
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (file is null) return;
        file.Dispose();
        file = null;
        _ = NativeFiles.Unlink(temporary);
    }
}
