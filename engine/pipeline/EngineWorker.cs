namespace K2I.Pipeline;

/// <summary>Work that wants a thread of its own; whoever assembles the process makes the thread. Runs until asked to stop, then ends by itself.</summary>
public sealed record EngineWorker(string Name, Action Run);
