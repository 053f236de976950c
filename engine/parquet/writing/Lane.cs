namespace K2I.Parquet;

/// <summary>What one thread encodes columns with. Owns it.</summary>
internal sealed record Lane(EncodeContext Context, Shredder Shredder) : IDisposable
{
    public void Dispose()
    {
        Shredder.Dispose();
        Context.Dispose();
    }
}
