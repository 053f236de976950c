namespace K2I.Simulation.Tests;

/// <summary>The process of the thread that gets it has been killed: it unwinds, so that memory is freed, and nothing it still does reaches the world.</summary>
public sealed class SimCrash() : Exception("killed by the simulation");
