namespace K2I.Serve;

/// <summary>Marks connections that came over the socket file: who may open it has been asked by the file system.</summary>
internal sealed class FileLogin
{
    public static readonly FileLogin Instance = new();
}
