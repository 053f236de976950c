namespace K2I.Serve;

/// <summary>How the endpoints are reached. Beyond loopback they need a token or a certificate.</summary>
public sealed record HttpOptions
{
    public required ListenAddress Listen { get; init; }

    /// <summary>A secret that callers send as <c>Authorization: Bearer …</c>; null to ask for none.</summary>
    public string? Token { get; init; }

    /// <summary>A PEM file: the server's certificate, then its chain.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>A PEM file with the certificate's private key; null if it stands in the certificate's file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>How long requests under way may take to end when the server stops.</summary>
    public int StopTimeoutMs { get; init; } = 2_000;

    /// <summary>True where anyone on the network could read what the endpoints show.</summary>
    public bool IsOpen => !Listen.IsLoopback && Token is null && CertificateFile is null;

    // The generated text would print the token.
    public override string ToString() => $"{(CertificateFile is null ? "http" : "https")}://{Listen}";
}
