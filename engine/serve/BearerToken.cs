using System.Security.Cryptography;
using System.Text;

namespace K2I.Serve;

/// <summary>The secret that callers must show. Compared by digest in constant time, so that neither its length nor a matching start leaks.</summary>
internal sealed class BearerToken(string token)
{
    private const string Scheme = "Bearer ";

    private readonly byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public bool Matches(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()), digest);
        return CryptographicOperations.FixedTimeEquals(digest, this.digest);
    }
}
