namespace K2I.Base;

/// <summary>A circuit as it stands, for status pages and metrics.</summary>
/// <param name="Name">What the calls go to.</param>
/// <param name="SinceUnixMs">When it came into this state.</param>
/// <param name="Failures">Failures in a row so far.</param>
/// <param name="Opened">How often it has opened since the start.</param>
/// <param name="LastError">The last failure's message; null if there was none since it last closed.</param>
public sealed record CircuitStatus(string Name, CircuitState State, long SinceUnixMs, int Failures, long Opened, string? LastError);
