using BenchmarkDotNet.Running;
using K2I.Bench;

if (args is ["confluent", var brokers, var topic])
    return ConfluentConsumer.Run(brokers, topic);
if (args is ["log-writes", var directory])
    return LogWrites.Run(directory);
BenchmarkSwitcher.FromAssembly(typeof(ConfluentConsumer).Assembly).Run(args);
return 0;
