using System.CommandLine;
using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;

namespace K2I.Cli.Commands;

/// <summary><c>k2i tables create|register|rename|drop</c>: what a catalog has, changed by hand.</summary>
internal static class TableChanges
{
    public static IEnumerable<Command> Create(TableSource source, Option<bool> json, Terminal terminal) =>
        [
            CreateCreate(source, json, terminal), CreateRegister(source, json, terminal),
            CreateRename(source, json, terminal), CreateDrop(source, json, terminal),
        ];

    private static Argument<string> NameOf(string name, string description = "table or namespace.table") =>
        new(name) { Description = description };

    private static Command CreateCreate(TableSource source, Option<bool> json, Terminal terminal)
    {
        var name = NameOf("name");
        var columns = new Option<string?>("--columns")
        {
            Description = "Its columns; ! means required",
            HelpName = "'id: long!, at: timestamptz'",
        };
        var schema = new Option<string?>("--schema")
        {
            Description = "Its columns from an Iceberg schema or JSON Schema",
            HelpName = "FILE",
        };
        var parts = new Option<string?>("--partition-by") { Description = "Its partitions", HelpName = "'day(at), bucket(16, id)'" };
        var version = new Option<int?>("--format-version") { Description = "2 or 3 (default: that of [iceberg], or 2)", HelpName = "N" };
        var create = new Command("create", "Create a table without rows") { name, columns, schema, parts, version };
        create.Validators.Add(result =>
        {
            if (result.GetValue(columns) is null == result.GetValue(schema) is null)
                result.AddError("either --columns or --schema is needed");
            if (result.GetValue(version) is not (null or 2 or 3)) result.AddError("--format-version is 2 or 3");
        });
        create.SetAction(arguments => (int)source.OfCatalog(arguments, (catalogs, options) =>
        {
            var declared = arguments.GetValue(columns) is { } text ? FieldIds.NewSchema([.. ColumnText.Parse(text)])
                : SchemaOf(arguments.GetValue(schema)!);
            var creation = new TableCreation
            {
                Schema = declared,
                Spec = PartitionSpecText.Parse(arguments.GetValue(parts) ?? "", declared),
                FormatVersion = arguments.GetValue(version) ?? options?.Iceberg.FormatVersion ?? 2,
            };
            Print(catalogs.Catalog.Create(catalogs.IdentOf(arguments.GetValue(name)!), creation), "is created", arguments.GetValue(json),
                terminal);
            return ExitCode.Ok;
        }));
        return create;
    }

    private static Command CreateRegister(TableSource source, Option<bool> json, Terminal terminal)
    {
        var name = NameOf("name");
        var metadata = new Argument<string>("metadata") { Description = "the metadata file of a table that exists as files" };
        var register = new Command("register", "Give the catalog a table that exists as files") { name, metadata };
        register.SetAction(arguments => (int)source.OfCatalog(arguments, (catalogs, _) =>
        {
            var place = NewestMetadata.Find(catalogs.Store, Storage.Location.FromConfig(arguments.GetValue(metadata)!));
            Print(catalogs.Catalog.Register(catalogs.IdentOf(arguments.GetValue(name)!), place), "is registered",
                arguments.GetValue(json), terminal);
            return ExitCode.Ok;
        }));
        return register;
    }

    private static Command CreateRename(TableSource source, Option<bool> json, Terminal terminal)
    {
        var from = NameOf("from");
        var to = NameOf("to", "its new name");
        var rename = new Command("rename", "Give a table another name; no process may feed it meanwhile") { from, to };
        rename.SetAction(arguments => (int)source.OfCatalog(arguments, (catalogs, _) =>
        {
            var (before, after) = (catalogs.IdentOf(arguments.GetValue(from)!), catalogs.IdentOf(arguments.GetValue(to)!));
            catalogs.Catalog.Rename(before, after);
            if (!arguments.GetValue(json)) terminal.Say($"{before} is {after} now");
            else JsonOut.Print(terminal.Out, writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("name", after.ToString());
                writer.WriteString("before", before.ToString());
                writer.WriteEndObject();
            });
            return ExitCode.Ok;
        }));
        return rename;
    }

    private static Command CreateDrop(TableSource source, Option<bool> json, Terminal terminal)
    {
        var name = NameOf("name");
        var purge = new Option<bool>("--purge") { Description = "Delete its files too" };
        var drop = new Command("drop", "Take a table out of the catalog; its files stay unless --purge") { name, purge };
        drop.SetAction(arguments => (int)source.OfCatalog(arguments, (catalogs, _) =>
        {
            var ident = catalogs.IdentOf(arguments.GetValue(name)!);
            var purged = arguments.GetValue(purge);
            if (!catalogs.Catalog.Drop(ident, purged)) throw new EngineException(ErrorKind.NotFound, $"table {ident} does not exist");
            var files = purged ? ", and its files are deleted" : "; its files stay";
            if (!arguments.GetValue(json)) terminal.Say($"{ident} is dropped{files}");
            else JsonOut.Print(terminal.Out, writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("name", ident.ToString());
                writer.WriteBoolean("purged", purged);
                writer.WriteEndObject();
            });
            return ExitCode.Ok;
        }));
        return drop;
    }

    private static Schema SchemaOf(string file)
    {
        try
        {
            return FieldIds.AssignFresh(SchemaFile.Read(File.ReadAllBytes(file)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorKind.Invalid, $"{file} cannot be read: {error.Message}", error);
        }
    }

    private static void Print(Table table, string what, bool json, Terminal terminal)
    {
        if (!json) terminal.Say($"{table.Ident} {what}: {table.MetadataLocation}");
        else JsonOut.Print(terminal.Out, writer =>
        {
            writer.WriteStartObject();
            TablesJson.WriteFacts(writer, table);
            writer.WriteEndObject();
        });
    }
}
