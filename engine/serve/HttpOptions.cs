namespace K2I.Serve;

/// <summary>
/// How the endpoints are reached: by network, by a socket file, or both. Beyond loopback they need a token or a
/// certificate.
/// </summary>
public sealed record HttpOptions
{
    /// <summary>Null to listen on no network.</summary>
    public ListenAddress? Listen { get; init; }

    /// <summary>
    /// A secret that callers send as <c>Authorization: Bearer …</c>; null to ask for none. Not asked for on the socket file.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>A PEM file: the server's certificate, then its chain.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>A PEM file with the certificate's private key; null if it stands in the certificate's file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The path of a Unix socket to listen on too; null for none. Whoever has the right to write to it may ask.</summary>
    public string? SocketFile { get; init; }

    public UnixFileMode SocketMode { get; init; }

    /// <summary>How long requests under way may take to end when the server stops.</summary>
    public int StopTimeoutMs { get; init; } = 2_000;

    /// <summary>How long a caller may take to read a part of an answer of rows, a MiB or so; then its connection is cut.</summary>
    public int SlowCallerMs { get; init; } = 10_000;

    /// <summary>How often one who follows rows is told that the connection lives.</summary>
    public int HeartbeatMs { get; init; } = 15_000;

    /// <summary>True where anyone on the network could read what the endpoints show.</summary>
    public bool IsOpen => Listen is { IsLoopback: false } && Token is null && CertificateFile is null;

    // The generated text would print the token.
    public override string ToString() =>
        Listen is null ? SocketFile ?? "nowhere" : $"{(CertificateFile is null ? "http" : "https")}://{Listen}";
}
