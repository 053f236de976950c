using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Kafka;

/// <summary>
/// Owns one librdkafka client and the callbacks that reach managed code. Errors and group events come on the polling thread; log lines
/// on any of librdkafka's threads. No exception leaves a callback: it is kept and thrown by <see cref="ThrowCaptured"/>.
/// </summary>
internal sealed unsafe class ClientHandle
{
    private readonly ILog log;
    private readonly string name;
    private readonly ConnectionTracker connection;
    private readonly IClientOwner owner;
    private GCHandle self;
    private ExceptionDispatchInfo? captured;

    private ClientHandle(ClientConf conf, int type, string name, IClientOwner owner, ILog log, IClock clock)
    {
        (this.log, this.name, this.owner) = (log, name, owner);
        connection = new(clock);
        self = GCHandle.Alloc(this);
        Native.ConfSetOpaque(conf.Pointer, GCHandle.ToIntPtr(self));
        Native.ConfSetLog(conf.Pointer, &OnLog);
        Native.ConfSetError(conf.Pointer, &OnError);
        try
        {
            Pointer = conf.CreateClient(type);
        }
        catch
        {
            self.Free();
            throw;
        }
    }

    public nint Pointer { get; private set; }

    /// <summary>What a callback gets to find this object again.</summary>
    public nint Opaque => GCHandle.ToIntPtr(self);

    public KafkaConnection Connection => connection.Current;

    /// <summary>Looks whether a broker is up; on the polling thread.</summary>
    public void LookAtBrokers() => connection.Look(Native.BrokersUp(Pointer));

    public bool HasCaptured => captured is not null;

    public static ClientHandle OpenConsumer(ClientConf conf, string name, IClientOwner owner, ILog log, IClock clock)
    {
        Native.ConfSetRebalance(conf.Pointer, &OnRebalance);
        Native.ConfSetOffsetCommit(conf.Pointer, &OnOffsetCommit);
        return new(conf, Native.TypeConsumer, name, owner, log, clock);
    }

    public static ClientHandle OpenProducer(ClientConf conf, string name, IClientOwner owner, ILog log, IClock clock)
    {
        Native.ConfSetDelivery(conf.Pointer, &OnDelivery);
        return new(conf, Native.TypeProducer, name, owner, log, clock);
    }

    /// <summary>Ends the client; no callback comes after this returns.</summary>
    public void Destroy(int flags)
    {
        if (Pointer == 0) return;
        Native.Destroy(Pointer, flags);
        Pointer = 0;
        self.Free();
    }

    public void Capture(Exception exception) => captured ??= ExceptionDispatchInfo.Capture(exception);

    public void ThrowCaptured()
    {
        var thrown = captured;
        captured = null;
        thrown?.Throw();
    }

    public static ClientHandle From(nint opaque) => Unsafe.As<ClientHandle>(GCHandle.FromIntPtr(opaque).Target!);

    public IClientOwner Owner => owner;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(nint client, int level, byte* facility, byte* text)
    {
        if (client == 0) return;
        var handle = From(Native.Opaque(client));
        try
        {
            var to = level switch { <= 2 => LogLevel.Error, <= 4 => LogLevel.Warn, <= 6 => LogLevel.Info, _ => LogLevel.Debug };
            if (handle.log.IsOn(to))
                handle.log.Write(to, KafkaError.Utf8(text), [("client", handle.name), ("facility", KafkaError.Utf8(facility))]);
        }
        catch (Exception)
        {
            // A log that fails has nowhere left to say so, and librdkafka's thread must not unwind.
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(nint client, int error, byte* reason, nint opaque)
    {
        var handle = From(opaque);
        try
        {
            var text = KafkaError.Utf8(reason);
            handle.connection.OnError(error, text);
            handle.owner.OnError(error, error == KafkaError.Fatal ? FatalText(client) : text);
        }
        catch (Exception exception)
        {
            handle.Capture(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnRebalance(nint client, int error, NativePartitionList* partitions, nint opaque)
    {
        var handle = From(opaque);
        try
        {
            handle.owner.OnRebalance(error, partitions);
        }
        catch (Exception exception)
        {
            handle.Capture(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnOffsetCommit(nint client, int error, NativePartitionList* partitions, nint opaque)
    {
        var handle = From(opaque);
        try
        {
            handle.owner.OnAcked(error, partitions);
        }
        catch (Exception exception)
        {
            handle.Capture(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDelivery(nint client, NativeMessage* message, nint opaque)
    {
        var handle = From(opaque);
        try
        {
            handle.owner.OnDelivered(message);
        }
        catch (Exception exception)
        {
            handle.Capture(exception);
        }
    }

    private static string FatalText(nint client)
    {
        const int size = 512;
        var text = stackalloc byte[size];
        text[0] = 0;
        _ = Native.FatalError(client, text, size);
        return KafkaError.Utf8(text);
    }
}
