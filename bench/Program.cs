using System.Globalization;
using BenchmarkDotNet.Running;
using K2I.Bench;

if (args is ["confluent", var brokers, var topic])
    return ConfluentConsumer.Run(brokers, topic);
if (args is ["log-writes", var directory])
    return LogWrites.Run(directory);
if (args is ["parquet-sharp", var file, var target, var rounds, var codec])
    return ParquetSharpFile.Run(file, target, int.Parse(rounds, CultureInfo.InvariantCulture), codec);
BenchmarkSwitcher.FromAssembly(typeof(ConfluentConsumer).Assembly).Run(args);
return 0;
