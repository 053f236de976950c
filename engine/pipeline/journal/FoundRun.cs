using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>A run of records that a start found, and the frames that hold it, in order.</summary>
/// <param name="Log">Whose frames they are: this lane's log, another's, or that of a lane that is no more.</param>
/// <param name="Run">Which records.</param>
/// <param name="Frames">Where they lie.</param>
/// <param name="Pin">Keeps them until they are rows in segments with pins of their own; to be released by who replays them.</param>
internal sealed record FoundRun(LaneLog Log, LoggedRun Run, IReadOnlyList<LogPosition> Frames, LogPin Pin);
