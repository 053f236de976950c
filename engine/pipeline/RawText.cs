namespace K2I.Pipeline;

/// <summary>The column type for undecoded bytes.</summary>
public enum RawText
{
    Binary,

    /// <summary>Checked to be UTF-8; what is not is a dead letter.</summary>
    String,
}
