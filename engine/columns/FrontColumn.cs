using System.Collections.Immutable;

namespace K2I.Columns;

/// <summary>What stands behind one field of a <see cref="RowFront"/>.</summary>
public sealed class FrontColumn
{
    private FrontColumn(ImmutableArray<int> place, ImmutableArray<FrontColumn> parts) => (Place, Parts) = (place, parts);

    /// <summary>A value apart, which whoever has the front takes from there.</summary>
    public static FrontColumn Apart { get; } = new([], []);

    /// <summary>The column of the batch: its number, then those of fields within structs. Empty for none.</summary>
    public ImmutableArray<int> Place { get; }

    /// <summary>A struct's fields, where they are not those of the struct at the place. Empty for none.</summary>
    public ImmutableArray<FrontColumn> Parts { get; }

    /// <summary>The column at a place, with all that is in it.</summary>
    public static FrontColumn At(ImmutableArray<int> place) => new(place, []);

    /// <summary>A struct of such fields; <paramref name="place"/> is the struct that it stands for, empty where there is none.</summary>
    public static FrontColumn Struct(ImmutableArray<int> place, ImmutableArray<FrontColumn> parts) => new(place, parts);
}
