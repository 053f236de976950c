namespace K2I.Parquet.Tests;

/// <summary>A test that needs the parquet-testing files; skipped, with the reason, where they are not at hand.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CorpusFactAttribute : FactAttribute
{
    public CorpusFactAttribute()
    {
        if (Corpus.Folder is null) Skip = "needs data/parquet-testing below K2I_SHARED or a shared folder beside the repository";
    }
}
