using K2I.Base;

namespace K2I.Kafka;

/// <summary>The range of offsets a partition holds: <see cref="LowOffset"/> inclusive, <see cref="HighOffset"/> exclusive.</summary>
public readonly record struct Watermarks(Offset LowOffset, Offset HighOffset);
