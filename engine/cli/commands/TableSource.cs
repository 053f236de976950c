using System.CommandLine;
using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary>
/// Where the parts of <c>k2i tables</c> find what they are about: the configured catalog, a warehouse, or one table's metadata.
/// </summary>
internal sealed class TableSource(Terminal terminal)
{
    private readonly ConfigArguments config = new() { Recursive = true };

    private readonly Option<string?> warehouse = new("--warehouse", "-w")
    {
        Description = "Look into this warehouse, without a configuration",
        HelpName = "DIR",
        Recursive = true,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(warehouse);
        config.AddTo(command);
    }

    public ExitCode OfCatalog(ParseResult arguments, Func<Catalogs, EngineOptions?, ExitCode> look)
    {
        if (arguments.GetValue(warehouse) is { } place) return look(Catalogs.Open(new IcebergOptions { Warehouse = place }), null);
        var loaded = config.Load(arguments, terminal);
        return loaded.Options is { } options
            ? look(Catalogs.Open(options.Engine.Iceberg), options.Engine) : ConfigArguments.Report(loaded, terminal);
    }

    /// <summary>
    /// Gives a command that looks at one table the arguments that say which: its name, or <c>--metadata</c> and <c>--moved</c>. What it
    /// looks at is handed to
    /// <paramref name="look"/>.
    /// </summary>
    public Func<ParseResult, int> OfOneTable(Command command, Func<ParseResult, Catalogs, TableIdent, EngineOptions?, ExitCode> look)
    {
        var name = new Argument<string?>("name") { Description = "table or namespace.table", Arity = ArgumentArity.ZeroOrOne };
        var metadata = new Option<string?>("--metadata")
        {
            Description = "The table of this metadata file or folder, without its catalog; in place of a name",
            HelpName = "FILE|DIR|URL",
        };
        var moved = new Option<bool>("--moved")
        {
            Description = "With --metadata: its files lie beside it, whatever they are called in it",
        };
        command.Arguments.Add(name);
        command.Options.Add(metadata);
        command.Options.Add(moved);
        command.Validators.Add(result =>
        {
            var isNamed = result.GetValue(name) is not null;
            var place = result.GetValue(metadata);
            if (isNamed == place is not null)
                result.AddError(isNamed ? "NAME and --metadata exclude each other" : "either NAME or --metadata is needed");
            else if (result.GetValue(moved) && place is null) result.AddError("--moved has no meaning without --metadata");
        });
        return arguments => (int)(arguments.GetValue(metadata) is { } place
            ? OfMetadata(arguments, place, arguments.GetValue(moved), look)
            : OfCatalog(arguments, (catalogs, options) => look(arguments, catalogs, catalogs.IdentOf(arguments.GetValue(name)!), options)));
    }

    /// <summary>Of a configuration only how stores are reached is needed, so it may be missing.</summary>
    private ExitCode OfMetadata(
        ParseResult arguments, string place, bool moved, Func<ParseResult, Catalogs, TableIdent, EngineOptions?, ExitCode> look)
    {
        var options = new IcebergOptions { Warehouse = "" };
        if (config.IsGiven(arguments))
        {
            var loaded = config.Load(arguments, terminal);
            if (loaded.Options is null) return ConfigArguments.Report(loaded, terminal);
            options = loaded.Options.Engine.Iceberg;
        }
        var catalogs = Catalogs.OfMetadata(place, moved, options, out var ident);
        try
        {
            return look(arguments, catalogs, ident, null);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.NotFound && !moved)
        {
            throw new EngineException(ErrorKind.NotFound, $"{error.Message}; if the table was moved, --moved looks beside its metadata",
                error);
        }
    }
}
