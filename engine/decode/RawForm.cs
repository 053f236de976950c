namespace K2I.Decode;

/// <summary>How bytes of a record are kept as they are.</summary>
public enum RawForm
{
    Binary,

    /// <summary>Checked to be UTF-8.</summary>
    String,
}
