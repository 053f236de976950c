namespace K2I.Cloud;

/// <summary>A part of an upload: on its way, or arrived.</summary>
internal sealed class CloudPart(int number, PartBuffer buffer, CloudRequest request)
{
    /// <summary>From 1 on.</summary>
    public int Number => number;

    /// <summary>Read by the request until it has ended.</summary>
    public PartBuffer Buffer => buffer;

    public CloudRequest Request => request;

    /// <summary>Its first sending; it is sent again by whoever waits for it.</summary>
    public required Task<HttpResponseMessage> Sent { get; init; }
}
