namespace K2I.Cli.Commands;

/// <summary>Answers from options or, where a person is there to ask, from questions that are repeated until the answer is sound.</summary>
internal sealed class Questions(Terminal terminal, TextReader input, bool ask)
{
    /// <summary>An option's value was not sound.</summary>
    public bool Failed { get; private set; }

    /// <param name="given">The option's value, if it stands on the command line.</param>
    /// <param name="flaw">What is wrong with an answer, or null.</param>
    public string Answer(string option, string question, string? given, string usual, Func<string, string?> flaw)
    {
        if (given is not null)
        {
            if (flaw(given) is { } wrong)
            {
                terminal.Error.WriteLine($"k2i: {option}: {wrong}, found '{given}'");
                Failed = true;
            }
            return given;
        }
        while (ask && !Failed)
        {
            terminal.Out.Write($"{question} [{usual}]: ");
            terminal.Out.Flush();
            if (input.ReadLine()?.Trim() is not { Length: > 0 } answer) break;
            if (flaw(answer) is not { } wrong) return answer;
            terminal.Out.WriteLine(wrong);
        }
        return usual;
    }
}
