using System.Collections.Immutable;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>Writes a Puffin file: <c>PFA1, blobs, footer</c>. Blobs and footer are stored plain, as every reader takes them. One thread; completing the object stays with its owner.</summary>
public sealed class PuffinWriter
{
    private static readonly string CreatedBy = $"k2i version {typeof(PuffinWriter).Assembly.GetName().Version?.ToString(3)}";

    private readonly IObjectWriter target;
    private readonly List<PuffinBlob> blobs = [];
    private bool finished;

    /// <param name="target">An object nothing has been written to.</param>
    public PuffinWriter(IObjectWriter target)
    {
        Check.That(target.Length == 0);
        this.target = target;
        target.Write(PuffinFooter.Magic);
    }

    /// <summary>Appends a blob; its offset and length are set.</summary>
    /// <returns>The blob as the footer will describe it.</returns>
    public PuffinBlob Add(PuffinBlob blob, ReadOnlySpan<byte> bytes)
    {
        Check.That(!finished && blob.Codec is null);
        var placed = blob with { Offset = target.Length, Length = bytes.Length };
        target.Write(bytes);
        blobs.Add(placed);
        return placed;
    }

    /// <summary>Appends the footer; how many bytes it has. Nothing may be added afterwards.</summary>
    public int Finish(ImmutableSortedDictionary<string, string>? properties = null)
    {
        Check.That(!finished);
        finished = true;
        var footer = PuffinFooter.Write(blobs, (properties ?? SummaryKeys.Empty).SetItem("created-by", CreatedBy));
        target.Write(footer);
        return footer.Length;
    }
}
