return K2I.Cli.Cli.Run(args);
