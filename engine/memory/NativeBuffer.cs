using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Memory;

/// <summary>
/// Owner of a range of address space outside the managed heap. Pages cost memory once they are touched and start as zeros, so a
/// buffer can be reserved at its largest size and grow in place: addresses handed to readers stay valid until <see cref="Dispose"/>.
/// </summary>
/// <remarks>One thread writes and disposes; others may read while something else (a lease) keeps the owner alive.</remarks>
public sealed unsafe class NativeBuffer : IDisposable
{
    public const int PageBytes = 4096;

    /// <summary>Of a huge page, where the kernel has them; one lies at a multiple of its size.</summary>
    public const int HugePageBytes = 2 << 20;

    private readonly MemoryTag tag;
    private byte* pointer;

    private NativeBuffer(MemoryTag tag, byte* pointer, long capacity)
    {
        this.tag = tag;
        this.pointer = pointer;
        Capacity = capacity;
    }

    /// <summary>Reserves <paramref name="capacity"/> bytes, rounded up to pages.</summary>
    /// <exception cref="EngineException"><see cref="ErrorKind.Full"/>: the kernel refuses (limits on address space, strict overcommit).</exception>
    public static NativeBuffer Reserve(MemoryTag tag, long capacity)
    {
        Check.That(capacity > 0);
        capacity = (capacity + PageBytes - 1) / PageBytes * PageBytes;
        var address = Native.Map(0, (nuint)capacity, Native.ProtRead | Native.ProtWrite, Native.MapPrivate | Native.MapAnonymous | Native.MapNoReserve, -1, 0);
        if (address == -1)
        {
            var error = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            throw new EngineException(ErrorKind.Full, $"cannot reserve {Units.FormatBytes(capacity)} of address space for {tag}: {error}");
        }
        // Dozens of buffers grow side by side in one reservation: by huge pages each would cost 2 MiB more than it uses. Where the kernel has none, this fails and matters not.
        _ = Native.Advise(address, (nuint)capacity, Native.AdviseNoHugePage);
        MemoryLedger.Add(tag, capacity);
        return new(tag, (byte*)address, capacity);
    }

    public long Capacity { get; }

    internal byte* Pointer => pointer;

    public Span<byte> Slice(long offset, int length)
    {
        Check.That(offset >= 0 && length >= 0 && offset + length <= Capacity && pointer != null);
        return new(pointer + offset, length);
    }

    /// <summary>Gives the pages of [<paramref name="offset"/>, <paramref name="offset"/> + <paramref name="length"/>) back to the kernel; they read as zeros afterwards. Partial pages at the ends are kept.</summary>
    public void Release(long offset, long length)
    {
        Check.That(offset >= 0 && length >= 0 && offset + length <= Capacity && pointer != null);
        var from = (offset + PageBytes - 1) / PageBytes * PageBytes;
        var to = (offset + length) / PageBytes * PageBytes;
        if (to > from) Check.That(Native.Advise((nint)(pointer + from), (nuint)(to - from), Native.AdviseDontNeed) == 0);
    }

    /// <summary>
    /// Puts pages under <paramref name="length"/> bytes from <paramref name="offset"/> on in one call of the kernel, rather than one by one
    /// as they are touched. A kernel that cannot leaves it at that.
    /// </summary>
    public void Populate(long offset, long length)
    {
        Check.That(offset >= 0 && length >= 0 && offset + length <= Capacity && pointer != null);
        _ = Native.Advise((nint)(pointer + offset), (nuint)length, Native.AdvisePopulateWrite);
    }

    /// <summary>
    /// As <see cref="Populate"/>, by huge pages as far as whole ones lie there that have no page yet, for a range that will be used to its
    /// end: a page for 512, found by one entry of the processor's tables. They are written to, as a virtual machine's host may give memory
    /// only then. What is there is lost.
    /// </summary>
    public void PopulateHuge(long offset, long length)
    {
        PreferHuge(offset, length);
        Populate(offset, length);
        for (var page = offset; page < offset + length; page += PageBytes) pointer[page] = 0;
    }

    /// <summary>
    /// Pages there are huge ones, as far as whole ones lie there and the kernel has them, each as it is first touched: for a range that is
    /// used front to back.
    /// </summary>
    public void PreferHuge(long offset, long length)
    {
        Check.That(offset >= 0 && length >= 0 && offset + length <= Capacity && pointer != null);
        _ = Native.Advise((nint)(pointer + offset), (nuint)length, Native.AdviseHugePage);
    }

    /// <summary>How far <paramref name="offset"/> is from the next place where a huge page may begin.</summary>
    public long ToHugePage(long offset) => -((long)pointer + offset) & (HugePageBytes - 1);

    public void Dispose()
    {
        if (pointer == null) return;
        Check.That(Native.Unmap((nint)pointer, (nuint)Capacity) == 0);
        pointer = null;
        MemoryLedger.Add(tag, -Capacity);
    }
}
