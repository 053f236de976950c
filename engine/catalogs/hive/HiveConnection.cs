using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using K2I.Base;
using Thrift;
using Thrift.Protocol;
using Thrift.Protocol.Entities;
using Thrift.Transport;
using Thrift.Transport.Client;

namespace K2I.Catalogs.Hive;

/// <summary>
/// One connection to a metastore: Thrift's binary protocol over TCP or TLS. One thread at a time; calls block, within a time limit,
/// until a stop ends them.
/// </summary>
internal sealed class HiveConnection : IDisposable
{
    private const int BufferBytes = 16 << 10, MostAnswerBytes = 64 << 20;

    private readonly string name;
    private readonly int timeoutMs;
    private readonly TcpClient tcp;
    private readonly TBinaryProtocol protocol;
    private int lastCall;

    private HiveConnection(string name, int timeoutMs, TcpClient tcp, Stream stream)
    {
        this.name = name;
        this.timeoutMs = timeoutMs;
        this.tcp = tcp;
        var limits = new TConfiguration { MaxMessageSize = MostAnswerBytes };
        protocol = new TBinaryProtocol(new TBufferedTransport(new TStreamTransport(stream, stream, limits), BufferBytes), true, true);
    }

    /// <summary>False once a call has failed on the way: what comes next on it would be nobody's answer.</summary>
    public bool IsSound { get; private set; } = true;

    /// <exception cref="EngineException">Unavailable: it cannot be reached. Denied: its certificate is not trusted.</exception>
    public static HiveConnection Open((string Host, int Port) server, HiveOptions options)
    {
        var name = $"thrift://{server.Host}:{server.Port}";
        var tcp = new TcpClient { NoDelay = true };
        try
        {
            using var limit = Limit(options.ConnectTimeoutMs);
            var stream = Connect(tcp, server, options, limit.Token).GetAwaiter().GetResult();
            return new HiveConnection(name, options.TimeoutMs, tcp, stream);
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException or AuthenticationException)
        {
            tcp.Dispose();
            var why = error is OperationCanceledException ? Late(options.ConnectTimeoutMs) : error.Message;
            throw new EngineException(error is AuthenticationException ? ErrorKind.Denied : ErrorKind.Unavailable, $"{name}: {why}", error);
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Calls a method and returns the struct of its result, in which field 0 is the value and others are declared exceptions.
    /// </summary>
    /// <param name="method">Its name.</param>
    /// <param name="arguments">The struct of its arguments.</param>
    /// <param name="changes">It changes something: without an answer the outcome is Unknown.</param>
    public ThriftStruct Call(string method, ThriftStruct arguments, bool changes)
    {
        var sent = false;
        try
        {
            using var limit = Limit(timeoutMs);
            return Exchange(limit.Token).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is TException or SocketException or IOException or OperationCanceledException)
        {
            IsSound = false;
            var why = error switch
            {
                OperationCanceledException => Late(timeoutMs),
                TProtocolException when lastCall == 1 =>
                    "answers, but not as a metastore without login: Kerberos (SASL) is not something this build can do",
                TTransportException or IOException when lastCall == 1 =>
                    "closes the connection at the first call; if it demands Kerberos (SASL), that is not something this build can do",
                _ => error.Message,
            };
            throw new EngineException(changes && sent ? ErrorKind.Unknown : ErrorKind.Unavailable, $"{name}: {method}: {why}", error);
        }

        async Task<ThriftStruct> Exchange(CancellationToken stop)
        {
            await protocol.WriteMessageBeginAsync(new TMessage(method, TMessageType.Call, ++lastCall), stop);
            await ThriftCodec.Write(protocol, arguments, stop);
            await protocol.WriteMessageEndAsync(stop);
            sent = true;
            await protocol.Transport.FlushAsync(stop);
            var message = await protocol.ReadMessageBeginAsync(stop);
            if (message.Type == TMessageType.Exception) throw Refusal(method, await ThriftCodec.Read(protocol, stop), changes);
            var result = await ThriftCodec.Read(protocol, stop);
            await protocol.ReadMessageEndAsync(stop);
            return message.Type == TMessageType.Reply && message.SeqID == lastCall
                ? result : throw new TProtocolException(TProtocolException.INVALID_DATA, "the answer is to another call");
        }
    }

    public void Dispose()
    {
        protocol.Dispose();
        tcp.Dispose();
    }

    private static async Task<Stream> Connect(TcpClient tcp, (string Host, int Port) server, HiveOptions options, CancellationToken stop)
    {
        await tcp.ConnectAsync(server.Host, server.Port, stop);
        if (!options.Tls) return tcp.GetStream();
        var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = server.Host,
            CertificateChainPolicy = options.CaFile is { } file ? HttpTransport.Trusting(file) : null,
        }, stop);
        return tls;
    }

    private static CancellationTokenSource Limit(int timeoutMs)
    {
        if (CallScope.HasEnded) throw new EngineException(ErrorKind.Unavailable, "not asked any more because of a stop");
        var limit = CancellationTokenSource.CreateLinkedTokenSource(CallScope.Token);
        limit.CancelAfter(timeoutMs);
        return limit;
    }

    private static string Late(int timeoutMs) => CallScope.HasEnded ? "ended by a stop before its answer"
        : $"no answer within {timeoutMs} ms";

    /// <summary>What the server says in place of a result: it lacks the call, or failed within it.</summary>
    private EngineException Refusal(string method, ThriftStruct exception, bool changes)
    {
        const int unknownMethod = (int)TApplicationException.ExceptionType.UnknownMethod;
        var why = $"{name}: {method}: {exception.Text(1)}";
        return exception.Number(2) == unknownMethod ? new UnknownMethodException(why)
            : new EngineException(changes ? ErrorKind.Unknown : ErrorKind.Unavailable, why);
    }
}
