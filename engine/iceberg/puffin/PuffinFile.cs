using System.Collections.Immutable;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>A Puffin file open for reading: its blobs, each read when asked for. The bytes are not trusted. One thread; dispose when done.</summary>
public sealed class PuffinFile : IDisposable
{
    private const int MaxBlobBytes = 1 << 30;

    private readonly IObjectReader reader;

    /// <param name="reader">Disposed with this.</param>
    /// <exception cref="EngineException"><see cref="ErrorKind.Corrupt"/>: it is no Puffin file, or a damaged one.</exception>
    public PuffinFile(IObjectReader reader)
    {
        this.reader = reader;
        try
        {
            var what = reader.Location;
            if (reader.Length < (2 * PuffinFooter.Magic.Length) + PuffinFooter.TailBytes) throw Json.Bad(what, "it is too short to be a Puffin file");
            var tail = new byte[PuffinFooter.TailBytes];
            reader.ReadAt(reader.Length - tail.Length, tail);
            var footer = new byte[PuffinFooter.Magic.Length + PuffinFooter.JsonBytes(tail, reader.Length, what) + PuffinFooter.TailBytes];
            reader.ReadAt(reader.Length - footer.Length, footer);
            FooterBytes = footer.Length;
            (Blobs, Properties) = PuffinFooter.Read(footer, reader.Length, what);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public static PuffinFile Open(IObjectStore store, string location) => new(store.Open(location));

    public ImmutableArray<PuffinBlob> Blobs { get; }

    public ImmutableSortedDictionary<string, string> Properties { get; }

    /// <summary>From the magic before the footer's JSON to the end: what table metadata calls the footer's size.</summary>
    public int FooterBytes { get; }

    /// <summary>A blob's bytes, unpacked.</summary>
    public byte[] Read(PuffinBlob blob)
    {
        var what = $"{reader.Location}, blob at {blob.Offset}";
        if (blob.Length > MaxBlobBytes) throw new EngineException(ErrorKind.Unsupported, $"{what} has {blob.Length} bytes, more than this build reads");
        var bytes = new byte[blob.Length];
        reader.ReadAt(blob.Offset, bytes);
        return blob.Codec switch
        {
            null => bytes,
            "zstd" => Unpack.Zstd(bytes, MaxBlobBytes, what),
            "lz4" => Unpack.Lz4(bytes, MaxBlobBytes, what),
            var codec => throw new EngineException(ErrorKind.Unsupported, $"{what} has codec '{codec}', which this build does not know"),
        };
    }

    public void Dispose() => reader.Dispose();
}
