namespace K2I.Decode;

/// <summary>What a record's timestamp says.</summary>
public enum TimestampKind : byte
{
    /// <summary>The record has none.</summary>
    None,

    /// <summary>The producer's time.</summary>
    CreateTime,

    /// <summary>The broker's time of appending.</summary>
    LogAppendTime,
}
