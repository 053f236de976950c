namespace K2I.Pipeline;

/// <summary>Makes a table's <see cref="DeadLetters"/> by its policy.</summary>
internal static class DeadLetterFactory
{
    /// <summary>For one run of a table. Opens nothing: that waits for the first letter.</summary>
    internal static DeadLetters Create(TableOptions options, DeadLetterServices services) => options.DeadLetterPolicy switch
    {
        DeadLetterPolicy.Topic => new TopicLetters(options, services),
        DeadLetterPolicy.Pause => new PauseLetters(new TableLetters(services), services),
        DeadLetterPolicy.Drop => new DroppedLetters(services),
        _ => new TableLetters(services),
    };
}
