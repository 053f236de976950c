using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>Rows of a segment that belong to a cut: its first <paramref name="Rows"/>.</summary>
public readonly record struct CutRows(int Lane, Segment Segment, int Rows);
