namespace K2I.Cli.Checks;

/// <summary>One line of <c>k2i validate --connect</c>.</summary>
/// <param name="Hint">What to do about a failure.</param>
/// <param name="Unreachable">It failed because something did not answer, not because it answered no.</param>
internal sealed record CheckResult(string Name, bool Ok, string Detail, string? Hint = null, bool Unreachable = false);
