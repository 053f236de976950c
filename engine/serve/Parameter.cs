using System.Collections.Immutable;

namespace K2I.Serve;

/// <summary>What may be asked of an endpoint in its query string, once.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Description">For the OpenAPI description.</param>
/// <param name="Example">Also for it.</param>
internal sealed record Parameter(string Name, string Description, string? Example = null)
{
    /// <summary>The only values that there are; empty for any text.</summary>
    public ImmutableArray<string> Values { get; init; } = [];
}
