using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>What a schema of JSON records says: columns, and how values in them are written.</summary>
/// <param name="Fields">Ids 0.</param>
/// <param name="Units">By full name: what numbers of a time count.</param>
/// <param name="Unscaled">By full name: decimals that strings have as their unscaled value's bytes, in base64.</param>
internal sealed record JsonColumns(ImmutableArray<Field> Fields, ImmutableDictionary<string, EpochUnit> Units,
    ImmutableHashSet<string> Unscaled);
