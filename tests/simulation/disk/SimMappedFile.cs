using K2I.Base;
using K2I.Memory;

namespace K2I.Simulation.Tests;

/// <summary>A mapping: shows what is written to the file.</summary>
internal sealed class SimMappedFile(string path, SimFile file) : IMappedFile
{
    private readonly byte[] bytes = file.Seen;
    private bool disposed;

    public string Path => path;

    public int Length => bytes.Length;

    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            Check.That(!disposed);
            return bytes;
        }
    }

    public void Release(int from, int length)
    {
    }

    public void Dispose() => disposed = true;
}
