namespace K2I.Pipeline;

/// <summary>The unit of integers that stand for points in time.</summary>
public enum EpochUnit
{
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}
