using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Collects what a check finds.</summary>
internal sealed class Findings
{
    private readonly List<Finding> all = [];

    public IReadOnlyList<Finding> All => all;

    public void Error(string rule, string path, string message) => all.Add(new Finding(Severity.Error, rule, path, message));

    public void Warn(string rule, string path, string message) => all.Add(new Finding(Severity.Warning, rule, path, message));

    public void Unless(bool holds, string rule, string path, string message)
    {
        if (!holds) Error(rule, path, message);
    }

    /// <summary>Runs what reads a file; what goes wrong becomes a finding of the rule, or of its rule for absent files. False then.</summary>
    public bool Try(string rule, string missingRule, string path, Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
        {
            Error(missingRule, path, "the file is not there");
        }
        catch (EngineException error) when (error.Kind is ErrorKind.Corrupt or ErrorKind.Invalid)
        {
            Error(rule, path, error.Message);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unsupported)
        {
            Warn("not-checked", path, error.Message);
        }
        return false;
    }
}
