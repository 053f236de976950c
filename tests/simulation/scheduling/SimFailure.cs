namespace K2I.Simulation.Tests;

/// <summary>A promise was broken: the run ends here.</summary>
public sealed class SimFailure(string message, Exception? inner = null) : Exception(message, inner);
