using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Kafka.Tests;

public sealed unsafe class OptionsTests
{
    private const string Secret = "hunter2-never-print";

    [Fact]
    public void NativeLayoutsAreThoseOfTheHeader()
    {
        Assert.Equal(72, sizeof(NativeMessage));
        Assert.Equal(64, sizeof(NativeTopicPartition));
        Assert.Equal(16, sizeof(NativePartitionList));
        Assert.Equal(72, sizeof(NativeProduceArgument));
        Assert.Equal(48, sizeof(NativeMetadata));
        Assert.Equal(32, sizeof(NativeMetadataTopic));
        Assert.Equal(
            [0, 8, 16, 24, 32, 40, 48, 56, 64],
            Offsets<NativeMessage>("Err", "Topic", "Partition", "Payload", "Length", "Key", "KeyLength", "Offset", "Private"));
        Assert.Equal(
            [0, 8, 16, 24, 32, 40, 48, 56],
            Offsets<NativeTopicPartition>("Topic", "Partition", "Offset", "Metadata", "MetadataSize", "Opaque", "Err", "Private"));
        Assert.Equal([0, 4, 8], Offsets<NativePartitionList>("Count", "Size", "Items"));
        Assert.Equal("2.15.1", KafkaError.Utf8(Native.VersionText()));
    }

    [Fact]
    public void EveryAllowedPropertyIsKnownToTheLibrary()
    {
        const int unknown = -2;
        var conf = Native.ConfNew();
        foreach (var name in KafkaProperties.All) Assert.True(Native.ConfSet(conf, name, "", null, 0) != unknown, name);
        Assert.Equal(unknown, Native.ConfSet(conf, "no.such.thing", "", null, 0));
        Native.ConfDestroy(conf);
    }

    [Theory]
    [InlineData("plugin.library.paths")]
    [InlineData("ssl.engine.location")]
    [InlineData("ssl.providers")]
    [InlineData("sasl.kerberos.kinit.cmd")]
    [InlineData("enable.auto.commit")]
    [InlineData("auto.offset.reset")]
    [InlineData("isolation.level")]
    [InlineData("bootstrap.servers")]
    [InlineData("debug")]
    [InlineData("no.such.thing")]
    public void WhatTheEngineOwnsOrMustNotLoadIsRefused(string name)
    {
        Assert.False(KafkaProperties.IsAllowed(name));
        var thrown = Assert.Throws<EngineException>(() => Open(NullLog.Instance, (name, "x")));
        Assert.Equal(ErrorKind.Invalid, thrown.Kind);
        Assert.Contains(name, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("security.protocol", "quantum")]
    [InlineData("session.timeout.ms", "-5")]
    [InlineData("fetch.min.bytes", "many")]
    public void ABadValueIsNamedWithItsProperty(string name, string value)
    {
        var thrown = Assert.Throws<EngineException>(() => Open(NullLog.Instance, (name, value)));
        Assert.Equal(ErrorKind.Invalid, thrown.Kind);
        Assert.Contains(name, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("message.max.bytes", "50000000")]
    [InlineData("fetch.max.bytes", "4000000")]
    [InlineData("queued.max.messages.kbytes", "100")]
    [InlineData("enable.metrics.push", "true")]
    [InlineData("security.protocol", "ssl")]
    public void SettingsThatDependOnEachOtherFit(string name, string value)
    {
        using var reader = Open(NullLog.Instance, (name, value));
    }

    [Theory]
    [InlineData("session.timeout.ms", "10000")]
    [InlineData("heartbeat.interval.ms", "1000")]
    public void WhatTheBrokerDecidesInTheConsumerProtocolIsNamed(string name, string value)
    {
        var thrown = Assert.Throws<EngineException>(() => new Collector(Options((name, value)) with { Protocol = GroupProtocol.Consumer }));
        Assert.Equal(ErrorKind.Invalid, thrown.Kind);
        Assert.Contains(name, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABadRegularExpressionIsNamed()
    {
        var thrown = Assert.Throws<EngineException>(() => new Collector("127.0.0.1:1", "g", "^(("));
        Assert.Equal(ErrorKind.Invalid, thrown.Kind);
        Assert.Contains("^((", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SecretsAreInNoMessageAndNoLog()
    {
        var log = new CollectingLog();
        (string, string)[] login =
        [
            ("security.protocol", "sasl_plaintext"), ("sasl.mechanism", "PLAIN"), ("sasl.username", "u"), ("sasl.password", Secret),
        ];
        using (var reader = Open(log, login)) reader.PollFor(1_200);
        Assert.NotEmpty(log.Lines);

        var thrown = Assert.Throws<EngineException>(() => Open(log, ("security.protocol", "ssl"), ("ssl.key.pem", Secret)));
        Assert.DoesNotContain(Secret, thrown.Message, StringComparison.Ordinal);
        thrown = Assert.Throws<EngineException>(() => Open(log, ("sasl.password", Secret + "\0")));
        Assert.Contains("sasl.password", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, thrown.Message, StringComparison.Ordinal);
        Assert.All(log.Lines, line => Assert.DoesNotContain(Secret, line, StringComparison.Ordinal));
    }

    [Fact]
    public void AClosedConsumerIsNotUsed()
    {
        var reader = Open(NullLog.Instance);
        reader.Consumer.Close(1_000);
        reader.Consumer.Close(1_000);
        Assert.Throws<InvalidOperationException>(() => reader.Consumer.Poll(0, 1, reader));
        Assert.Throws<InvalidOperationException>(() => reader.Consumer.Ack([new("t", 0, new(1))]));
        reader.Dispose();
    }

    [Fact]
    public void PasswordsAndKeysAreSecretAndNamesAreNot()
    {
        foreach (var name in new[] { "sasl.password", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password" })
            Assert.True(KafkaProperties.IsAllowed(name) && KafkaProperties.IsSecret(name), name);
        Assert.False(KafkaProperties.IsSecret("sasl.username"));
        Assert.Equal(KafkaProperties.All.Order(StringComparer.Ordinal), KafkaProperties.All);
    }

    [Fact]
    public void AnExceptionInTheLogDoesNotLeaveTheCallback()
    {
        using var reader = new Collector(Options(), new ThrowingLog());
        reader.PollFor(500);
    }

    [Fact]
    public void OneBrokerThatIsUpIsEnoughAndNoneIsDownOnlyAfterAWhile()
    {
        var clock = new FakeClock();
        var tracker = new ConnectionTracker(clock);
        tracker.Look(0);
        Assert.Equal(KafkaConnectionState.Connecting, tracker.Current.State);
        tracker.Look(1);
        Assert.Equal(KafkaConnectionState.Up, tracker.Current.State);
        // An idle connection is closed and made again.
        tracker.Look(0);
        clock.Pass(ConnectionTracker.ReconnectMs - 1);
        tracker.Look(0);
        Assert.Equal(KafkaConnectionState.Up, tracker.Current.State);
        tracker.Look(1);
        tracker.Look(0);
        clock.Pass(ConnectionTracker.ReconnectMs - 1);
        tracker.Look(0);
        Assert.Equal(KafkaConnectionState.Up, tracker.Current.State);
        clock.Pass(1);
        tracker.Look(0);
        Assert.Equal(KafkaConnectionState.Down, tracker.Current.State);
        tracker.Look(2);
        Assert.Equal(KafkaConnectionState.Up, tracker.Current.State);
        tracker.OnError(KafkaError.AllBrokersDown, "refused");
        Assert.Equal(KafkaConnectionState.Down, tracker.Current.State);
    }

    private static Collector Open(ILog log, params (string Name, string Value)[] properties) => new(Options(properties), log);

    private static ConsumerOptions Options(params (string Name, string Value)[] properties) => new()
    {
        Client = new() { Brokers = "127.0.0.1:1", Properties = [.. properties.Select(p => KeyValuePair.Create(p.Name, p.Value))] },
        Group = "g",
        Topics = ["t"],
    };

    private static int[] Offsets<T>(params string[] names) => [.. names.Select(name => (int)Marshal.OffsetOf<T>(name))];

    private sealed class ThrowingLog : ILog
    {
        public bool IsOn(LogLevel level) => true;

        public void Write(LogLevel level, string message, ReadOnlySpan<LogField> fields) => throw new IOException("disk full");
    }
}
