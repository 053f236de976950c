using System.Collections.Immutable;

namespace K2I.Cloud;

/// <summary>One request, in the words of S3. Sent as often as needed: its body stays where it is until it is answered.</summary>
/// <param name="Place">What it is about; the key is empty for a bucket.</param>
internal sealed record S3Request(HttpMethod Method, S3Place Place)
{
    /// <summary>Name and value in the order of names, percent-encoded when sent; a null value is an empty one.</summary>
    public ImmutableArray<(string Name, string? Value)> Query { get; init; } = [];

    public ImmutableArray<(string Name, string Value)> Headers { get; init; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>It changes what others see: without an answer it is not known whether it did.</summary>
    public bool Changes { get; init; }
}
