using System.Net.Sockets;
using K2I.Base;

namespace K2I.Serve.Tests;

/// <summary>A Unix socket as the second way in.</summary>
public sealed class SocketTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly FakeSource source = new();
    private readonly CollectingLog log = new();

    private string Path => System.IO.Path.Combine(folder.Path, "k2i.sock");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WhoMayOpenTheFileNeedsNoTokenAndNoName()
    {
        Assert.True(ListenAddress.TryParse("127.0.0.1:0", out var address));
        using var server = Start(o => o with { Listen = address, Token = "correct horse battery staple" });
        using var client = Client();
        Assert.Contains("yes", client.GetStringAsync("http://any.example/status").Result, StringComparison.Ordinal);
        using var tcp = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Assert.Equal(401, (int)tcp.GetAsync(new Uri(server.Address!, "/status")).Result.StatusCode);
    }

    [Theory]
    [InlineData("660", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite)]
    [InlineData("600", UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    public void TheFileHasItsModeAndGoesWithTheServer(string octal, UnixFileMode mode)
    {
        Assert.Equal(Convert.ToInt32(octal, 8), (int)mode);
        using (Start(o => o with { SocketMode = mode }))
        {
            Assert.Equal(mode, File.GetUnixFileMode(Path));
        }
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void OnTheSocketAloneThereIsNoAddress()
    {
        using var server = Start(o => o);
        Assert.Null(server.Address);
        using var client = Client();
        Assert.Equal("ok\n", client.GetStringAsync("http://k2i/healthz").Result);
    }

    [Fact]
    public void WhatAProcessThatIsGoneLeftIsReplaced()
    {
        // A socket whose file stays: it is bound by a name that is moved away from the one that .NET removes.
        using (var gone = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            gone.Bind(new UnixDomainSocketEndPoint(Path + ".old"));
            File.Move(Path + ".old", Path);
        }
        Assert.True(File.Exists(Path));
        using var server = Start(o => o);
        using var client = Client();
        Assert.Equal("ok\n", client.GetStringAsync("http://k2i/healthz").Result);
    }

    [Fact]
    public void ASocketThatSomebodyListensOnIsLeftAlone()
    {
        using var first = Start(o => o);
        var error = Assert.Throws<EngineException>(() => Start(o => o));
        Assert.Equal(ErrorKind.Unavailable, error.Kind);
        Assert.Equal($"http: {Path} is in use by another process; choose another path in [http] socket", error.Message);
        using var client = Client();
        Assert.Equal("ok\n", client.GetStringAsync("http://k2i/healthz").Result);
    }

    [Fact]
    public void AFileThatIsNoSocketIsLeftAlone()
    {
        File.WriteAllText(Path, "precious");
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Start(o => o)).Kind);
        Assert.Equal("precious", File.ReadAllText(Path));
    }

    [Fact]
    public void AFolderThatIsNotThereIsNamed()
    {
        var missing = System.IO.Path.Combine(folder.Path, "none", "k2i.sock");
        var error = Assert.Throws<EngineException>(() => Start(o => o with { SocketFile = missing }));
        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
    }

    private HttpServer Start(Func<HttpOptions, HttpOptions> change) => HttpServer.Start(
        change(new HttpOptions { SocketFile = Path, SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }), source, null, log);

    private HttpClient Client() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, stop) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), stop);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });
}
