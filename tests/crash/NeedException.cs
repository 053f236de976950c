namespace K2I.Crash.Tests;

/// <summary>Something that a run stands on is not here.</summary>
internal sealed class NeedException(string message) : Exception(message);
