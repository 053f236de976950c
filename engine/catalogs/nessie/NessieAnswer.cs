using System.Text.Json;

namespace K2I.Catalogs.Nessie;

/// <summary>A whole answer of the server.</summary>
internal sealed record NessieAnswer(int Status, JsonElement Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>What the server says is wrong.</summary>
    public string Problem => $"{Status}: {Text("message") ?? Text("reason") ?? "no reason is given"}";

    public string? Text(string name) => NessieJson.Text(Body, name);
}
