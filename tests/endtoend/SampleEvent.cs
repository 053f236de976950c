using System.Text.Json;

namespace K2I.EndToEnd.Tests;

/// <summary>One event: the JSON that is produced, and its row as readers write it, without the <c>_kafka</c> column.</summary>
internal sealed record SampleEvent(long Id, string Json, JsonElement Row);
