namespace K2I.Cli.Config;

/// <summary>What is wrong with a table's columns taken together, and what can be done.</summary>
/// <param name="ColumnsAt">Where in the text of <c>columns</c>, counted from 0; null where it does not stand there.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Hint">What to write instead; null where the message says it.</param>
internal readonly record struct TableFlaw(int? ColumnsAt, string Message, string? Hint);
