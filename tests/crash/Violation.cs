namespace K2I.Crash.Tests;

/// <summary>The engine broke a promise: the run ends here, and all that tells of it stays.</summary>
internal sealed class Violation(string message) : Exception(message);
