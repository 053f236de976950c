using BenchmarkDotNet.Running;
using K2I.Bench;

if (args is ["confluent", var brokers, var topic])
    return ConfluentConsumer.Run(brokers, topic);
BenchmarkSwitcher.FromAssembly(typeof(ConfluentConsumer).Assembly).Run(args);
return 0;
