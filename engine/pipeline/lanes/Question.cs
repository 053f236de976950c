namespace K2I.Pipeline;

/// <summary>
/// What a lane asks of whoever works for a table, because it takes the catalog or the broker to answer: a lane waits for neither. The
/// answer is written into it and comes back as a <see cref="LaneMessage"/>; a run that ends leaves it unanswered.
/// </summary>
internal abstract class Question(RunPart part)
{
    internal RunPart Part => part;

    internal abstract LaneMessage Answer();
}
