namespace K2I.Base;

/// <summary>The machine's clock.</summary>
public sealed class SystemClock : IClock
{
    public static readonly SystemClock Instance = new();

    public long UnixMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public long MonotonicMs => Environment.TickCount64;

    public void Sleep(long ms) => Thread.Sleep((int)Math.Min(ms, int.MaxValue));

    public ILatch CreateLatch(bool isSet = false) => new Latch(isSet);
}
