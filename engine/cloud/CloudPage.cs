using System.Net;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>A part of a listing, by keys.</summary>
internal sealed class CloudPage
{
    public List<ObjectInfo> Objects { get; private init; } = [];

    /// <summary>Each with the slash at its end.</summary>
    public List<string> Folders { get; private init; } = [];

    /// <summary>Where the next part goes on; null at the end.</summary>
    public string? Next { get; set; }

    /// <summary>The same with keys as they are, of one whose keys are encoded as in forms.</summary>
    public CloudPage Decoded() => new()
    {
        Objects = [.. Objects.Select(o => o with { Location = WebUtility.UrlDecode(o.Location) })],
        Folders = [.. Folders.Select(WebUtility.UrlDecode).OfType<string>()],
        Next = Next,
    };
}
