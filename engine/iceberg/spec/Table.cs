namespace K2I.Iceberg;

/// <summary>A table as it was when its catalog was asked: its name, its metadata, and where that metadata lies.</summary>
/// <param name="Ident">The name in the catalog.</param>
/// <param name="Metadata">What the metadata file says.</param>
/// <param name="MetadataLocation">The metadata file; also what a commit compares against.</param>
public sealed record Table(TableIdent Ident, TableMetadata Metadata, string MetadataLocation);
