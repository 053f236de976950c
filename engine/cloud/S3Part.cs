namespace K2I.Cloud;

/// <summary>A part of an upload: on its way, or arrived.</summary>
internal sealed class S3Part(int number, PartBuffer buffer, S3Request request, string checksum)
{
    public int Number => number;

    /// <summary>Read by the request until it has ended.</summary>
    public PartBuffer Buffer => buffer;

    public S3Request Request => request;

    /// <summary>CRC-32C in Base64.</summary>
    public string Checksum => checksum;

    /// <summary>Its first sending; it is sent again by whoever waits for it.</summary>
    public required Task<HttpResponseMessage> Sent { get; init; }

    /// <summary>What the store calls it; null until it has arrived.</summary>
    public string? ETag { get; set; }
}
