using K2I.Base;
using K2I.Cli.Config;

namespace K2I.Cli.Commands;

/// <summary>What is wrong with an answer, by the same rules as in the file; null if nothing is.</summary>
internal static class Flaws
{
    public static string? Brokers(string text) => Names.BadBroker(text) >= 0 ? "expected " + Keys.Brokers.Expected : null;

    public static string? Topics(string text)
    {
        TopicList.Parse(text, out var error, out _);
        return error;
    }

    public static string? Table(string text) => Names.IsDotted(text) ? null : "expected a name of a-z, 0-9 and _, with its namespace before a dot";

    public static string? Warehouse(string text)
    {
        try
        {
            return Catalogs.Flaw(text) is null && !text.Any(char.IsControl) ? null : "expected " + Keys.Warehouse.Expected;
        }
        catch (EngineException)
        {
            return "expected " + Keys.Warehouse.Expected;
        }
    }
}
