using System.Text.Json;

namespace K2I.Catalogs.Glue;

/// <summary>What Glue answered: a body, or the name of an error that its caller decides about.</summary>
/// <param name="Error">Without the name space it comes with; null for success.</param>
internal sealed record GlueAnswer(string? Error, string Message, JsonElement Body);
