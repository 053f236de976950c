namespace K2I.Pipeline;

/// <summary>A topic that a template matches and makes no table of.</summary>
/// <param name="Section">The template's section.</param>
/// <param name="Reason">For a person.</param>
public sealed record RefusedTopic(string Topic, string Section, string Reason);
