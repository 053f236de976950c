using System.Collections.Immutable;

namespace K2I.Cloud;

/// <summary>One request, in the words of its store. Sent as often as needed: its body stays where it is until it is answered.</summary>
/// <param name="Place">What it is about; the key is empty for a bucket.</param>
internal sealed record CloudRequest(HttpMethod Method, CloudPlace Place)
{
    /// <summary>Name and value in the order of names, percent-encoded when sent; a null value is an empty one.</summary>
    public ImmutableArray<(string Name, string? Value)> Query { get; init; } = [];

    public ImmutableArray<(string Name, string Value)> Headers { get; init; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Where it goes, if the store has said so itself.</summary>
    public Uri? Target { get; init; }

    /// <summary>It changes what others see: without an answer it is not known whether it did.</summary>
    public bool Changes { get; init; }

    /// <summary>The query as it is sent, without its question mark.</summary>
    public string EncodedQuery() =>
        string.Join('&', Query.Select(q => $"{Uri.EscapeDataString(q.Name)}={Uri.EscapeDataString(q.Value ?? "")}"));

    /// <summary>The message, not yet signed.</summary>
    /// <param name="address">Encoded already: it is what is signed.</param>
    public HttpRequestMessage To(string address)
    {
        var uri = Target ?? new Uri(address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(Method, uri);
        if (Method == HttpMethod.Put || Method == HttpMethod.Post) message.Content = new ReadOnlyMemoryContent(Body);
        foreach (var (name, value) in Headers)
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content?.Headers.TryAddWithoutValidation(name, value);
        return message;
    }
}
