using System.Net;
using System.Text;

namespace K2I.Iceberg.Tests;

/// <summary>A server that answers as the test says, and keeps what it was asked.</summary>
internal sealed class HttpStub : IDisposable
{
    private readonly HttpListener listener;
    private readonly Thread thread;

    public HttpStub(Func<Request, Answer> answer)
    {
        listener = LocalPort.Listen(out var uri);
        Uri = uri;
        thread = new Thread(() => Serve(answer)) { IsBackground = true };
        thread.Start();
    }

    public string Uri { get; }

    public List<Request> Requests { get; } = [];

    public void Dispose()
    {
        listener.Close();
        thread.Join();
    }

    private void Serve(Func<Request, Answer> answer)
    {
        try
        {
            while (true)
            {
                var context = listener.GetContext();
                using var reader = new StreamReader(context.Request.InputStream);
                var request = new Request(context.Request.HttpMethod, context.Request.RawUrl!, reader.ReadToEnd(), context.Request.Headers);
                lock (Requests) Requests.Add(request);
                var said = answer(request);
                context.Response.StatusCode = said.Status;
                foreach (var (name, value) in said.Headers) context.Response.Headers.Add(name, value);
                context.Response.Close(Encoding.UTF8.GetBytes(said.Body), willBlock: true);
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed.
        }
    }

    internal sealed record Request(string Method, string Url, string Body, System.Collections.Specialized.NameValueCollection Headers);

    internal sealed record Answer(int Status, string Body, params (string Name, string Value)[] Headers);
}
