namespace K2I.Memory;

/// <summary>Native address space held per tag, in bytes. Any thread.</summary>
public static class MemoryLedger
{
    private static readonly long[] Held = new long[Enum.GetValues<MemoryTag>().Length];

    public static long Bytes(MemoryTag tag) => Volatile.Read(ref Held[(int)tag]);

    internal static void Add(MemoryTag tag, long bytes) => Interlocked.Add(ref Held[(int)tag], bytes);
}
