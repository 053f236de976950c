using System.Text.Json;

namespace K2I.Catalogs.Nessie;

/// <summary>What a name means on a reference.</summary>
/// <param name="Json">As the server has it.</param>
internal sealed record NessieContent(JsonElement Json)
{
    /// <summary>The type of a table's content.</summary>
    public const string Table = "ICEBERG_TABLE";

    public bool IsTable => NessieJson.Text(Json, "type") == Table;

    public string? Id => NessieJson.Text(Json, "id");

    public string? MetadataLocation => NessieJson.Text(Json, "metadataLocation");
}
