namespace K2I.Pipeline;

/// <summary>Why a record is a dead letter whatever its decoder says: the kind of error, and what was wrong.</summary>
internal sealed record Refusal(string Error, string Detail);
