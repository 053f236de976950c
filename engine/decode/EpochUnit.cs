namespace K2I.Decode;

/// <summary>What a number stands for where a time is expected. The value is its digits after the second.</summary>
public enum EpochUnit
{
    Seconds = 0,
    Milliseconds = 3,
    Microseconds = 6,
    Nanoseconds = 9,
}
