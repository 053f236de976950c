namespace K2I.Parquet;

/// <summary>Reused memory for the frame of one depth of the schema.</summary>
internal sealed unsafe class FrameScratch(BufferArena arena) : IDisposable
{
    private const int Slack = 64;

    private readonly GrowBuffer ordinals = new(arena), definitions = new(arena), repetitions = new(arena);

    internal int* Ordinals(long entries, long keep = 0) => (int*)ordinals.Ensure((entries + Slack) * sizeof(int), keep * sizeof(int));

    internal byte* Definitions(long entries, long keep = 0) => definitions.Ensure(entries + Slack, keep);

    internal byte* Repetitions(long entries, long keep = 0) => repetitions.Ensure(entries + Slack, keep);

    public void Dispose()
    {
        ordinals.Dispose();
        definitions.Dispose();
        repetitions.Dispose();
    }
}
