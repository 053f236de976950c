using System.Globalization;
using K2I.Base;

namespace K2I.Kafka;

/// <summary>
/// A librdkafka configuration under construction; an owner until <see cref="CreateClient"/> succeeds. Rejected values become an
/// <see cref="EngineException"/> that names the property, and the value only where it is no secret.
/// </summary>
internal sealed unsafe class ClientConf : IDisposable
{
    private const int ErrorBytes = 512;
    private nint conf = Native.ConfNew();

    public nint Pointer => conf;

    /// <summary>A configuration with what every client of this engine has; <paramref name="applies"/> picks the passed-through properties.</summary>
    public static ClientConf Create(ClientOptions options, Action<ClientConf> engineDefaults, Func<string, bool> applies)
    {
        foreach (var (name, _) in options.Properties)
            if (!KafkaProperties.IsAllowed(name))
                throw new EngineException(ErrorKind.Invalid, $"kafka: property '{name}' cannot be set");
        var conf = new ClientConf();
        try
        {
            if (options.Brokers.Length > 0) conf.Set("bootstrap.servers", options.Brokers);
            conf.Set("client.id", options.ClientId);
            conf.Set("log.connection.close", "false");
            conf.Set("enable.metrics.push", "false");
            conf.Set("socket.keepalive.enable", "true");
            conf.Set("reconnect.backoff.max.ms", "2000");
            // OpenSSL is linked in, and the paths it was built with are one distribution's: look where each keeps its authorities.
            if (!options.Properties.Any(p => p.Key is "ssl.ca.location" or "ssl.ca.pem")) conf.Set("ssl.ca.location", "probe");
            engineDefaults(conf);
            foreach (var (name, value) in options.Properties)
                if (applies(name))
                    conf.Set(name, value);
            return conf;
        }
        catch
        {
            conf.Dispose();
            throw;
        }
    }

    public void Set(string name, long value) => Set(name, value.ToString(CultureInfo.InvariantCulture));

    public void Set(string name, string value)
    {
        var error = stackalloc byte[ErrorBytes];
        error[0] = 0;
        if (value.Contains('\0', StringComparison.Ordinal))
            throw new EngineException(ErrorKind.Invalid, $"kafka: property '{name}': the value holds a NUL character");
        if (Native.ConfSet(conf, name, value, error, ErrorBytes) == Native.ConfOk) return;
        var why = KafkaProperties.IsSecret(name) ? "the value is not accepted" : KafkaError.Utf8(error);
        throw new EngineException(ErrorKind.Invalid, $"kafka: property '{name}': {why}");
    }

    /// <summary>Hands the configuration to rd_kafka_new, which owns it if it succeeds.</summary>
    public nint CreateClient(int type)
    {
        var error = stackalloc byte[ErrorBytes];
        error[0] = 0;
        var client = Native.New(type, conf, error, ErrorBytes);
        if (client == 0) throw new EngineException(ErrorKind.Invalid, $"kafka: client cannot be created: {KafkaError.Utf8(error)}");
        conf = 0;
        return client;
    }

    public void Dispose()
    {
        if (conf != 0) Native.ConfDestroy(conf);
        conf = 0;
    }
}
