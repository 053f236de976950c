namespace K2I.Base;

/// <summary>A flag that threads can wait for; holds no system resource. Any thread. Made by <see cref="IClock.CreateLatch"/>.</summary>
public interface ILatch
{
    bool IsSet { get; }

    void Set();

    void Reset();

    /// <summary>True once set; false after <paramref name="timeoutMs"/>.</summary>
    bool Wait(long timeoutMs = long.MaxValue);
}
