namespace K2I.Decode;

/// <summary>What happens to a record with a field that the schema does not have.</summary>
public enum UnknownFields
{
    /// <summary>The field is checked to be JSON and left out.</summary>
    Ignore,

    /// <summary>The record is reported as <see cref="DecodeStatus.NewField"/>, so that the schema can grow.</summary>
    Evolve,

    /// <summary>The record is refused as <see cref="DecodeStatus.UnknownField"/>.</summary>
    Refuse,
}
