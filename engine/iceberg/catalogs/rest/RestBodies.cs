using System.Collections.Immutable;
using System.Text.Json;

namespace K2I.Iceberg;

/// <summary>Bodies of requests (REST catalog OpenAPI).</summary>
internal static class RestBodies
{
    /// <summary>CreateTableRequest. The ids in it are wishes: the server answers with those it gave.</summary>
    public static byte[] Creation(string name, TableCreation creation) => Json.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        if (creation.Location is { } location) json.WriteString("location", location);
        json.WritePropertyName("schema");
        SchemaJson.Write(json, creation.Schema);
        json.WritePropertyName("partition-spec");
        SpecJson.Write(json, creation.Spec);
        json.WritePropertyName("write-order");
        SpecJson.Write(json, creation.SortOrder);
        // Its own default, but Nessie fails without it.
        json.WriteBoolean("stage-create", false);
        Json.WriteStrings(json, "properties", creation.AllProperties.Add("format-version", creation.FormatVersion == 3 ? "3" : "2"));
        json.WriteEndObject();
    });

    /// <summary>RegisterTableRequest.</summary>
    public static byte[] Registration(string name, string metadataLocation) => Json.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("metadata-location", metadataLocation);
        json.WriteEndObject();
    });

    /// <summary>RenameTableRequest.</summary>
    public static byte[] Renaming(TableIdent from, TableIdent to) => Json.Write(json =>
    {
        json.WriteStartObject();
        WriteIdent(json, "source", from);
        WriteIdent(json, "destination", to);
        json.WriteEndObject();
    });

    /// <summary>CommitTableRequest.</summary>
    public static byte[] Commit(TableIdent ident, ImmutableArray<MetadataUpdate> updates,
        ImmutableArray<TableRequirement> requirements) => Json.Write(json =>
    {
        json.WriteStartObject();
        WriteIdent(json, "identifier", ident);
        Json.WriteArray(json, "requirements", requirements, RequirementJson.Write);
        Json.WriteArray(json, "updates", updates, UpdateJson.Write);
        json.WriteEndObject();
    });

    /// <summary>CreateNamespaceRequest.</summary>
    public static byte[] Namespace(ImmutableArray<string> levels) => Json.Write(json =>
    {
        json.WriteStartObject();
        WriteLevels(json, levels);
        Json.WriteStrings(json, "properties", []);
        json.WriteEndObject();
    });

    private static void WriteIdent(Utf8JsonWriter json, string property, TableIdent ident)
    {
        json.WriteStartObject(property);
        WriteLevels(json, ident.Namespace);
        json.WriteString("name", ident.Name);
        json.WriteEndObject();
    }

    private static void WriteLevels(Utf8JsonWriter json, ImmutableArray<string> levels) =>
        Json.WriteArray(json, "namespace", levels, (j, level) => j.WriteStringValue(level));
}
