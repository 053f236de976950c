using System.Security.Cryptography;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Pipeline;

/// <summary>Lets a Parquet writer write into an object being stored, and hashes what passes. Owner of the hash, not of the object.</summary>
internal sealed class HashingSink(IObjectWriter target) : IByteSink, IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        hash.AppendData(bytes);
        target.Write(bytes);
    }

    /// <summary>SHA-256 of everything written, in lower-case hex.</summary>
    internal string Finish() => Convert.ToHexStringLower(hash.GetHashAndReset());

    public void Dispose() => hash.Dispose();
}
