namespace K2I.Parquet;

/// <summary>How zstd's quickest level looks for stretches that were there before.</summary>
internal enum MatchSearch
{
    /// <summary>As the level says for an input of the page's size.</summary>
    Level,

    /// <summary>As the level says for large inputs.</summary>
    Wide,

    /// <summary>Among fewer places, in a table that stays in the CPU's nearest cache.</summary>
    Near,

    /// <summary>The same, from every other place only.</summary>
    Strided,
}
