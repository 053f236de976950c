using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>What a fence says about committing to a freshly loaded table.</summary>
public abstract record FenceVerdict
{
    public static readonly FenceVerdict Go = new Proceed();

    private FenceVerdict()
    {
    }

    /// <summary>Commit as the action was set up.</summary>
    public sealed record Proceed : FenceVerdict;

    /// <summary>Commit these files (some may have been left out), with this summary and these table properties instead of the action's.</summary>
    public sealed record ProceedWith(
        ImmutableArray<DataFile> Files, ImmutableSortedDictionary<string, string> Summary, ImmutableSortedDictionary<string, string> Properties) : FenceVerdict;

    /// <summary>The table holds all of it already.</summary>
    public sealed record AlreadyDone(string Why) : FenceVerdict;

    /// <summary>It must not be committed to this table as it is now.</summary>
    public sealed record Abort(string Reason) : FenceVerdict;
}
