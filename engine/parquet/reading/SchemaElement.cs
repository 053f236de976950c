using System.Text;

namespace K2I.Parquet;

/// <summary>One node of the flattened schema tree as the footer lists it (parquet.thrift, SchemaElement).</summary>
internal sealed class SchemaElement
{
    internal const int Required = 0, Optional = 1, Repeated = 2;

    internal StoredType? Type { get; private set; }

    internal int TypeLength { get; private set; }

    internal int Repetition { get; private set; }

    internal string Name { get; private set; } = "";

    internal int Children { get; private set; }

    /// <summary>Parquet's older annotation; -1 without one.</summary>
    internal int Converted { get; private set; } = -1;

    internal int Scale { get; private set; }

    internal int Precision { get; private set; }

    /// <summary>0 without one.</summary>
    internal int FieldId { get; private set; }

    internal bool HasFieldId { get; private set; }

    internal LogicalAnnotation Logical { get; private set; }

    internal static SchemaElement Read(ref ThriftReader thrift)
    {
        var element = new SchemaElement();
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            switch (id)
            {
                case 1:
                    var stored = thrift.Int32(type);
                    Damage.Unless(stored is >= 0 and <= (int)StoredType.FixedLenByteArray, "a column's physical type is not known");
                    element.Type = (StoredType)stored;
                    break;
                case 2:
                    element.TypeLength = thrift.Int32(type);
                    break;
                case 3:
                    element.Repetition = thrift.Int32(type);
                    Damage.Unless(element.Repetition is >= Required and <= Repeated, "a column is neither required, optional nor repeated");
                    break;
                case 4:
                    element.Name = Encoding.UTF8.GetString(thrift.Bytes(type));
                    break;
                case 5:
                    element.Children = thrift.Int32(type);
                    Damage.Unless(element.Children >= 0, "a column has a negative number of children");
                    break;
                case 6:
                    element.Converted = thrift.Int32(type);
                    break;
                case 7:
                    element.Scale = thrift.Int32(type);
                    break;
                case 8:
                    element.Precision = thrift.Int32(type);
                    break;
                case 9:
                    element.FieldId = thrift.Int32(type);
                    element.HasFieldId = true;
                    break;
                case 10:
                    element.Logical = LogicalAnnotation.Read(ref thrift, type);
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        return element;
    }
}
