using System.Xml;

namespace K2I.Cloud;

/// <summary>The XML that stores answer with. Elements are told by their local names, whatever namespace a server puts them in.</summary>
internal static class CloudXml
{
    private const int LongestMessage = 300;

    /// <summary>Code and message; empty for what is not an error.</summary>
    public static (string Code, string Message) Error(byte[] body)
    {
        var (code, message) = ("", "");
        if (body.Length == 0 || !Walk(body, (path, value) =>
        {
            if (path == "Error/Code") code = value;
            else if (path == "Error/Message") message = value;
        })) return ("", "");
        return (code, message.Length > LongestMessage ? message[..LongestMessage] : message);
    }

    /// <summary>Tells the end of each element, with the path of names to it and its text. False for what is not XML.</summary>
    public static bool Walk(byte[] body, Action<string, string> ended)
    {
        try
        {
            var strict = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            using var reader = XmlReader.Create(new MemoryStream(body), strict);
            var path = new List<string>();
            var text = "";
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element:
                        path.Add(reader.LocalName);
                        text = "";
                        if (!reader.IsEmptyElement) break;
                        ended(string.Join('/', path), "");
                        path.RemoveAt(path.Count - 1);
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace:
                        text += reader.Value;
                        break;
                    case XmlNodeType.EndElement:
                        ended(string.Join('/', path), text);
                        path.RemoveAt(path.Count - 1);
                        text = "";
                        break;
                }
            }
            return true;
        }
        catch (Exception error) when (error is XmlException or FormatException or OverflowException)
        {
            return false;
        }
    }
}
