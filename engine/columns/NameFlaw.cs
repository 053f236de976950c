namespace K2I.Columns;

/// <summary>Why a column cannot be beside those that came before it; see <see cref="ColumnNames"/>.</summary>
public enum NameFlaw
{
    /// <summary>Another column has the same full name. Iceberg's libraries do not open such a table.</summary>
    Taken,

    /// <summary>Another column's full name differs in case only.</summary>
    CaseOnly,

    /// <summary>Something that is no column has the name, in whatever case.</summary>
    Reserved,

    /// <summary>The name is empty.</summary>
    Empty,

    /// <summary>The full name is longer than <see cref="ColumnNames.MaxNameLength"/>.</summary>
    TooLong,

    /// <summary>There are <see cref="ColumnNames.MaxColumns"/> columns already.</summary>
    TooMany,
}
