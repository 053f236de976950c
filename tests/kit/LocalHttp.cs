using System.Net;

namespace K2I.Kit;

/// <summary>An HTTP server on a free port of the loopback address, until it is disposed of.</summary>
public sealed class LocalHttp : IDisposable
{
    private const int Tries = 50;

    private readonly HttpListener listener;

    /// <param name="answer">
    /// Answers one request, and closes its response; the next is taken when it returns. What it throws because the client has gone ends
    /// that request alone.
    /// </param>
    public LocalHttp(Func<HttpListenerContext, Task> answer)
    {
        (listener, Uri) = Listen();
        _ = Task.Run(() => Serve(answer));
    }

    /// <summary>Its address, without a slash at the end.</summary>
    public string Uri { get; }

    /// <summary>Nothing more is taken. Who is being answered is not waited for: a listener may miss that it was closed.</summary>
    public void Dispose() => listener.Close();

    /// <summary>A port that was taken since it was found free is passed over.</summary>
    private static (HttpListener Listener, string Uri) Listen()
    {
        for (var tries = 1; ; tries++)
        {
            var uri = $"http://127.0.0.1:{LocalPort.Free()}";
            // A listener that could not start is of no more use.
            var listener = new HttpListener { Prefixes = { uri + "/" } };
            try
            {
                listener.Start();
                return (listener, uri);
            }
            catch (HttpListenerException) when (tries < Tries)
            {
            }
        }
    }

    private async Task Serve(Func<HttpListenerContext, Task> answer)
    {
        while (await Next() is { } context)
        {
            try
            {
                await answer(context);
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The client has gone, or this has.
            }
        }
    }

    private async Task<HttpListenerContext?> Next()
    {
        try
        {
            return await listener.GetContextAsync();
        }
        catch (Exception error) when (error is HttpListenerException or InvalidOperationException)
        {
            return null;
        }
    }
}
