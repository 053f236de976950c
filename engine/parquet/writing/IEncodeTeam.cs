namespace K2I.Parquet;

/// <summary>Threads that encode columns of a row group side by side. Whoever has threads to lend implements it; a writer makes one call at a time.</summary>
public interface IEncodeTeam
{
    /// <summary>Members, the caller of <see cref="Run"/> included.</summary>
    int Size { get; }

    /// <summary>
    /// Calls <paramref name="work"/> with 0 on the calling thread, and, on threads that are idle, with other numbers below <see cref="Size"/>, each at most once. Returns
    /// when all calls have. The work is shared out among those who come: it gets done if none does. It does not throw.
    /// </summary>
    void Run(Action<int> work);
}
