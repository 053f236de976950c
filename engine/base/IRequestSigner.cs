namespace K2I.Base;

/// <summary>
/// Signs requests in someone's name, with credentials that it keeps fresh. What sends requests is given one, and need not know whose. Any
/// thread; may wait for credentials.
/// </summary>
public interface IRequestSigner
{
    /// <summary>
    /// Adds the headers that prove who asks. The request is sent as it is then: with this body, and nothing added that is signed.
    /// </summary>
    /// <exception cref="EngineException">Denied: there are no credentials. Unavailable: they cannot be had now.</exception>
    void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body);
}
