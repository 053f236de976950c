namespace K2I.Cli.Queries;

/// <summary>Takes the next bytes of an answer.</summary>
internal delegate void Sink(ReadOnlySpan<byte> bytes);
