namespace K2I.Simulation.Tests;

/// <summary>A file's bytes: as programs see them, and as they would be found after a power cut.</summary>
internal sealed class SimFile(byte[] seen, byte[] durable)
{
    internal byte[] Seen { get; private set; } = seen;

    internal byte[] Durable { get; } = durable;

    internal long Length => Seen.Length;

    /// <summary>Programs that still hold the bytes write into nothing from now on.</summary>
    internal void Detach(byte[] now) => Seen = now;
}
