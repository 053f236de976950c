namespace K2I.Cli.Tests;

public sealed class ConfigErrorTests : IDisposable
{
    private const string Before = "[kafka]\nbrokers = localhost:9092\n[iceberg]\nwarehouse = ./warehouse\n";
    private const string Table = "[table.events]\ntopics = events\n";

    private readonly Harness harness = new();

    [Theory]
    // unknown and misplaced names; line 7 follows Before and Table
    [InlineData(Before + Table + "formt = json", "k2i.ini:7:1: unknown key 'formt' in [table.events]; did you mean 'format'?")]
    [InlineData(Before + Table + "xyzzy = 1", "k2i.ini:7:1: unknown key 'xyzzy' in [table.events]")]
    [InlineData(Before + Table + "memory = 1GiB", "k2i.ini:7:1: unknown key 'memory' in [table.events]; 'memory' is a key of [engine]")]
    [InlineData(Before + Table + "[enigne]\nmemory = 1GiB", "k2i.ini:7:1: unknown section [enigne]; did you mean [engine]?")]
    [InlineData(Before + Table + "[table]\ntopics = x", "k2i.ini:7:1: unknown section [table]; did you mean [table.NAME]?")]
    [InlineData(Before + Table + "[tables.x]\ntopics = x", "k2i.ini:7:1: unknown section [tables.x]; did you mean [table.NAME]?")]
    [InlineData(Before + Table + "[zzzzzzzz]",
        "k2i.ini:7:1: unknown section [zzzzzzzz]; there are [kafka], [registry], [iceberg], [s3], [gcs], [azure], [engine], "
        + "[wal], [log], [http], [query], [flush], "
        + "[maintenance], [table.NAME]")]
    [InlineData("[kafka]\nbrokers = a:1\nauto.offset.reset = earliest\n[iceberg]\nwarehouse = w\n" + Table, "k2i.ini:3:1: unknown key 'auto.offset.reset' in [kafka]; it is 'start' of a [table.NAME] here")]
    [InlineData("[kafka]\nbrokers = a:1\nsasl.pasword = x\n[iceberg]\nwarehouse = w\n" + Table, "k2i.ini:3:1: unknown key 'sasl.pasword' in [kafka]; did you mean 'sasl.password'?")]
    [InlineData(Before + Table + "dead_letter = tabel", "k2i.ini:7:15: [table.events] dead_letter: expected table or topic or pause or drop, found 'tabel'; did you mean 'table'?")]
    [InlineData(Before + Table + "dead_letter_topic = x", "k2i.ini:7:1: [table.events] dead_letter_topic: has no meaning without dead_letter = topic")]
    [InlineData(Before + Table + "dead_letter = topic\ndead_letter_topic = a b", "k2i.ini:8:21: [table.events] dead_letter_topic: expected a topic name, found 'a b'; a topic has no blank")]
    [InlineData(Before + Table + "dead_letter = topic\ndead_letter_topic = events", "k2i.ini:8:1: [table.events] dead_letter_topic: the table reads that topic itself (topics has 'events'); its dead letters would come back; name another dead_letter_topic")]
    [InlineData(Before + "[table.events]\ntopics = ^ev.*\ndead_letter = topic", "k2i.ini:7:1: [table.events] dead_letter: the table reads that topic itself (topics has '^ev.*'); its dead letters would come back; name another dead_letter_topic")]
    [InlineData(Before + Table + "[table.default.events_dead_letters]\ntopics = x", "k2i.ini:7:1: [table.default.events_dead_letters]: is the table of the dead letters of [table.events]; name it otherwise, or set dead_letter of the other to topic or drop")]
    [InlineData(Before + Table + "[wal]\nmode = fast", "k2i.ini:8:8: [wal] mode: expected records or offsets, found 'fast'")]
    [InlineData(Before + Table + "[wal]\nfile_size = 1KiB", "k2i.ini:8:13: [wal] file_size: expected 4 MiB to 1 GiB, found '1KiB'")]
    [InlineData(Before + Table + "[wal]\nfile_size = 16MiB", "k2i.ini:8:1: [wal] file_size: is too small for max_record = 16 MiB of [table.events]; at least 32 MiB")]
    [InlineData("[kafka]\nbrokers = a:1\ngroup_protocol = consumer\nsession.timeout.ms = 6000\n[iceberg]\nwarehouse = w\n" + Table, "k2i.ini:4:1: [kafka] session.timeout.ms: is not used with group_protocol = consumer; the broker decides it there")]
    [InlineData("[kafka]\nbrokers = a:1\ngroup.protocol = consumer\n[iceberg]\nwarehouse = w\n" + Table, "k2i.ini:3:1: unknown key 'group.protocol' in [kafka]; it is 'group_protocol' here")]
    // required
    [InlineData("[iceberg]\nwarehouse = w\n" + Table, "k2i.ini: [kafka] brokers: expected host:port, several separated by commas, found nothing")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\n" + Table,
        "k2i.ini:3:1: [iceberg] warehouse: expected a directory, or a location such as s3://bucket/path, found nothing")]
    [InlineData(Before, "k2i.ini: expected at least one [table.NAME] section, found none")]
    [InlineData(Before + "[table.events]", "k2i.ini:5:1: [table.events] topics: expected topic names or ^regular-expressions, separated by commas, found nothing")]
    [InlineData(Before + "[table.events]\ntopics =", "k2i.ini:6:9: [table.events] topics: expected topic names or ^regular-expressions, separated by commas, found nothing; without a value a key is left out or commented")]
    // forms
    [InlineData("[kafka]\nbrokers = a:1, b\n[iceberg]\nwarehouse = w\n" + Table, "k2i.ini:2:16: [kafka] brokers: expected host:port, several separated by commas, found 'a:1, b'")]
    [InlineData(Before + Table + "[engine]\nmemory = lots", "k2i.ini:8:10: [engine] memory: expected a size such as 64MiB, found 'lots'; units: B, KiB, MiB, GiB, KB, MB, GB")]
    [InlineData(Before + Table + "[engine]\nmemory = 12parsec", "k2i.ini:8:10: [engine] memory: expected a size such as 64MiB, found '12parsec'; units: B, KiB, MiB, GiB, KB, MB, GB")]
    [InlineData(Before + Table + "[engine]\nmemory = 1KiB", "k2i.ini:8:10: [engine] memory: expected 16 MiB to 1 TiB, found '1KiB'")]
    [InlineData(Before + Table + "[engine]\nmemory = 24MiB\nlanes = 4\nflush_threads = 6",
        "k2i.ini:8:1: [engine] memory: is too little for 4 lanes and 6 flush threads; at least 26MiB, or set lanes and flush_threads")]
    [InlineData(Before + Table + "columns = id: long, tags: list<string>\nkey = tags",
        "k2i.ini:8:1: [table.events] key: key column tags: a key is of a primitive type, not list<string>")]
    [InlineData(Before + Table + "columns = id: long\nkey = nothing",
        "k2i.ini:8:1: [table.events] key: key column nothing: the table has no such column")]
    [InlineData(Before + Table + "[http]\ntable_metrics = top",
        "k2i.ini:8:17: [http] table_metrics: expected all, none or top N, found 'top'")]
    [InlineData(Before + Table + "[engine]\nlanes = 65", "k2i.ini:8:9: [engine] lanes: expected auto or 1 to 64, found '65'")]
    [InlineData(Before + Table + "[engine]\nflush_threads = atuo",
        "k2i.ini:8:17: [engine] flush_threads: expected auto or 1 to 64, found 'atuo'; did you mean 'auto'?")]
    [InlineData(Before + Table + "[engine]\nlanes = 2\n[wal]\nmax_bytes = 500MiB",
        "k2i.ini:10:1: [wal] max_bytes: is too little for the logs of 2 lanes, of four files of 64 MiB each; at least 512 MiB, or a smaller file_size")]
    [InlineData(Before + Table + "[engine]\nshutdown_timeout = 30", "k2i.ini:8:20: [engine] shutdown_timeout: expected a time such as 30s, found '30'; units: ms, s, m, h, d")]
    [InlineData(Before + Table + "[engine]\nshutdown_timeout = 2d", "k2i.ini:8:20: [engine] shutdown_timeout: expected 1s to 1h, found '2d'")]
    [InlineData(Before + Table + "[flush]\nrows = -1", "k2i.ini:8:8: [flush] rows: expected a whole number, found '-1'")]
    [InlineData(Before + Table + "kafka_column = yes", "k2i.ini:7:16: [table.events] kafka_column: expected true or false, found 'yes'; did you mean 'true'?")]
    [InlineData(Before + Table + "format = jsn",
        "k2i.ini:7:10: [table.events] format: expected json or raw or avro or protobuf or json_schema or connect_json or string or bytes, "
        + "found 'jsn'; did you mean 'json'?")]
    [InlineData(Before + Table + "flatten = a.b",
        "k2i.ini:7:11: [table.events] flatten: a.b is in a, which is not flattened; flatten = a, a.b")]
    [InlineData(Before + Table + "rename = a: b, c",
        "k2i.ini:7:17: [table.events] rename: expected a colon and a column's name; rename = c: …")]
    [InlineData(Before + Table + "mask = a: sha", "k2i.ini:7:11: [table.events] mask: expected hash or null, found 'sha'")]
    [InlineData(Before + Table + "mask = a: null\nmask_key = 0123456789abcdef",
        "k2i.ini:8:1: [table.events] mask_key: has no meaning without mask = FIELD: hash")]
    [InlineData(Before + Table + "format = string\ndrop = a", "k2i.ini:8:1: [table.events] drop: has no meaning with format = string")]
    [InlineData(Before + Table + "[log]\nlevel = verbose", "k2i.ini:8:9: [log] level: expected info or debug or warn or error, found 'verbose'")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = w\ncatalog = minio\n" + Table,
        "k2i.ini:5:11: [iceberg] catalog: expected file or rest or hive or nessie or jdbc or glue, found 'minio'")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = w\nuri = http://c\n" + Table, "k2i.ini:5:1: [iceberg] uri: has no meaning with catalog = file; set catalog = rest")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = hive\nwarehouse = w\nuri = http://c\n" + Table,
        "k2i.ini:6:7: [iceberg] uri: expected thrift://host:port, several separated by commas, found 'http://c'")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = hive\nwarehouse = w\nuri = thrift://c\nnamespace = a.b\n" + Table,
        "k2i.ini:7:13: [iceberg] namespace: expected names of a-z, 0-9 and _, joined by dots, found 'a.b'; "
        + "a Hive Metastore has namespaces of one level")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = hive\nwarehouse = w\nuri = thrift://c\nref = dev\n" + Table,
        "k2i.ini:7:1: [iceberg] ref: has no meaning with catalog = hive; set catalog = nessie")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = nessie\nuri = http://c/api/v2\n" + Table,
        "k2i.ini:3:1: [iceberg] warehouse: expected a directory, or a location such as s3://bucket/path, found nothing")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = nessie\nwarehouse = w\nuri = http://c/api/v2\ncredential = me:it\n" + Table,
        "k2i.ini:3:1: [iceberg] oauth2_server_uri: expected http:// or https:// and a host, found nothing; Nessie gives no tokens itself")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = jdbc\nwarehouse = w\nuri = jdbc:postgresql://me:secret@h/d\n" + Table,
        "k2i.ini:6:7: [iceberg] uri: a login belongs into user and password")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = jdbc\nwarehouse = w\nuri = jdbc:sqlite:/c.db\npassword = hidden\n" + Table,
        "k2i.ini:3:1: [iceberg] user: expected text, found nothing; password belongs to it")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = glue\nwarehouse = w\nnamespace = a.b\n" + Table,
        "k2i.ini:6:13: [iceberg] namespace: expected names of a-z, 0-9 and _, joined by dots, found 'a.b'; "
        + "Glue has namespaces of one level")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = w\nheader.X-A = b\n" + Table, "k2i.ini:5:1: [iceberg] header.X-A: has no meaning with catalog = file; set catalog = rest")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = rest\nstorage_root = /w\n" + Table, "k2i.ini:3:1: [iceberg] uri: expected http:// or https:// and a host, found nothing")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = rest\nuri = http://c\nwarehouse = lake\nstorage_access = own\n" + Table,
        "k2i.ini:3:1: [iceberg] storage_root: expected a directory, or a location such as s3://bucket/path, found nothing; "
        + "tables may lie below it only, whatever the server says")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = rest\nuri = ftp://c\nwarehouse = /w\n" + Table, "k2i.ini:5:7: [iceberg] uri: expected http:// or https:// and a host, found 'ftp://c'")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = rest\nuri = http://c\nwarehouse = /w\nscope = x\n" + Table, "k2i.ini:7:1: [iceberg] scope: has no meaning without credential")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = rest\nuri = http://c\nwarehouse = /w\ncredential = secretid:\n" + Table, "k2i.ini:7:14: [iceberg] credential: expected id:secret, found ***")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\ncatalog = rest\nuri = http://c\nwarehouse = /w\nheader.Host = h\n" + Table, "k2i.ini:7:1: [iceberg] header.Host: is not a header that can be set")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = ftp://bucket/x\n" + Table,
        "k2i.ini:4:13: [iceberg] warehouse: expected a directory, or a location such as s3://bucket/path, found 'ftp://bucket/x'; "
        + "this build has no store for ftp://")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = s3://bucket/x\n[s3]\nendpoint = host:9000\n" + Table,
        "k2i.ini:6:12: [s3] endpoint: expected http:// or https:// and a host, found 'host:9000'")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = s3://bucket/x\n[s3]\nencryption_key = k\n" + Table,
        "k2i.ini:6:1: [s3] encryption_key: has no meaning without encryption = kms or dsse")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = abfss://c@a/x\n[azure]\naccount_key = ?\n" + Table,
        "k2i.ini:6:15: [azure] account_key: expected a key in Base64, found ***")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = gs://bucket/x\nlocations = gs://b2, ftp://b\n" + Table,
        "k2i.ini:5:13: [iceberg] locations: expected directories and locations, with commas between them, found 'gs://b2, ftp://b'; "
        + "this build has no store for ftp://")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = s3://bucket/x\n[s3]\naccess_key_id = id\n" + Table,
        "k2i.ini:5:1: [s3] secret_access_key: expected a secret, found nothing; it belongs to access_key_id")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = s3://bucket/x\n[s3]\nsecret_access_key = hunter2\n" + Table,
        "k2i.ini:6:1: [s3] secret_access_key: has no meaning without access_key_id")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = s3://bucket/x\n[s3]\nupload_memory = 1MiB\n" + Table,
        "k2i.ini:6:17: [s3] upload_memory: expected 8 MiB to 64 GiB, found '1MiB'")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = s3://bucket/x\n[s3]\npath_style = yes\n" + Table,
        "k2i.ini:6:14: [s3] path_style: expected auto or true or false, found 'yes'")]
    [InlineData("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = w\nnamespace = A.b\n" + Table, "k2i.ini:5:13: [iceberg] namespace: expected names of a-z, 0-9 and _, joined by dots, found 'A.b'")]
    [InlineData(Before + "[table.Events]\ntopics = a", "k2i.ini:5:1: [table.Events]: expected a table name of a-z, 0-9 and _, with its namespace before a dot, found 'Events'")]
    [InlineData(Before + "[table.a..b]\ntopics = a", "k2i.ini:5:1: [table.a..b]: expected a table name of a-z, 0-9 and _, with its namespace before a dot, found 'a..b'")]
    // topics and start
    [InlineData(Before + "[table.t]\ntopics = a b", "k2i.ini:6:10: [table.t] topics: expected topic names or ^regular-expressions, separated by commas, found 'a b'; expected commas between topics, found a blank")]
    [InlineData(Before + "[table.t]\ntopics = a, b, a", "k2i.ini:6:16: [table.t] topics: expected topic names or ^regular-expressions, separated by commas, found 'a, b, a'; topic 'a' stands twice")]
    [InlineData(Before + "[table.t]\ntopics = a, ^b(", "k2i.ini:6:13: [table.t] topics: expected topic names or ^regular-expressions, separated by commas, found 'a, ^b('; expected a regular expression after ^")]
    [InlineData(Before + Table + "start = earlist", "k2i.ini:7:9: [table.events] start: expected earliest, latest, a time such as 2026-01-01T00:00:00Z, or offsets such as 0:100, 1:200 or topic:0:100, found 'earlist'; did you mean 'earliest'?")]
    [InlineData(Before + Table + "start = 2026-01-01", "k2i.ini:7:9: [table.events] start: expected earliest, latest, a time such as 2026-01-01T00:00:00Z, or offsets such as 0:100, 1:200 or topic:0:100, found '2026-01-01'; with a time and zone: 2026-01-01T00:00:00Z")]
    [InlineData(Before + Table + "start = 2026-01-01T00:00:00", "k2i.ini:7:9: [table.events] start: expected earliest, latest, a time such as 2026-01-01T00:00:00Z, or offsets such as 0:100, 1:200 or topic:0:100, found '2026-01-01T00:00:00'; a time needs a zone: Z or +02:00")]
    [InlineData(Before + "[table.t]\ntopics = a, b\nstart = 0:1", "k2i.ini:7:9: [table.t] start: expected earliest, latest, a time such as 2026-01-01T00:00:00Z, or offsets such as 0:100, 1:200 or topic:0:100, found '0:1'; with several topics an offset names its own: TOPIC:PARTITION:OFFSET")]
    [InlineData(Before + Table + "start = x:0:1", "k2i.ini:7:9: [table.events] start: expected earliest, latest, a time such as 2026-01-01T00:00:00Z, or offsets such as 0:100, 1:200 or topic:0:100, found 'x:0:1'; 'x' is not one of the table's topics")]
    [InlineData(Before + Table + "start = 0:1, 0:2", "k2i.ini:7:9: [table.events] start: expected earliest, latest, a time such as 2026-01-01T00:00:00Z, or offsets such as 0:100, 1:200 or topic:0:100, found '0:1, 0:2'; partition 0 stands twice")]
    // keys against each other
    [InlineData(Before + Table + "format = raw\ncolumns = a: int", "k2i.ini:8:1: [table.events] columns: has no meaning with format = raw")]
    [InlineData(Before + Table + "raw_key = string", "k2i.ini:7:1: [table.events] raw_key: has no meaning with format = json")]
    [InlineData(Before + Table + "columns = a: int\ninfer_records = 10", "k2i.ini:8:1: [table.events] infer_records: nothing is inferred when the columns are given")]
    [InlineData(Before + Table + "timestamp_unit.ts = sec", "k2i.ini:7:21: [table.events] timestamp_unit.ts: expected ms or s or us or ns, found 'sec'")]
    [InlineData(Before + Table + "columns = a: int\ntimestamp_unit.b.c = us", "k2i.ini:8:1: [table.events] timestamp_unit.b.c: there is no such column")]
    [InlineData(Before + Table + "columns = 'a: int, b: struct<c: date>'\ntimestamp_unit.b.c = us", "k2i.ini:8:1: [table.events] timestamp_unit.b.c: it is a date")]
    [InlineData(Before + Table + "format = raw\ntimestamp_unit.value = us", "k2i.ini:8:1: [table.events] timestamp_unit.value: has no meaning with format = raw")]
    [InlineData(Before + Table + "format = raw\ncase_sensitive = false", "k2i.ini:8:1: [table.events] case_sensitive: has no meaning with format = raw")]
    [InlineData(Before + Table + "[table.default.events]\ntopics = b", "k2i.ini:7:1: [table.default.events]: is the same table as [table.events] at k2i.ini:5:1; both are default.events")]
    [InlineData(Before + Table + "schema_file = /nope.json", "k2i.ini:7:15: [table.events] schema_file: expected the path of a file, found '/nope.json'; the file does not exist")]
    [InlineData(Before + Table + "[log]\nfile_count = 3", "k2i.ini:8:1: [log] file_count: has no meaning without file")]
    [InlineData(Before + Table + "[http]\nlisten = 0.0.0.0:80", "k2i.ini:8:1: [http] listen: other machines can reach 0.0.0.0:80, so a token or a certificate is needed; set [http] token or tls_certificate")]
    [InlineData(Before + Table + "[http]\nlisten = 9464", "k2i.ini:8:10: [http] listen: expected an IP address and port such as 127.0.0.1:9464 or [::1]:9464, or off, found '9464'")]
    [InlineData(Before + Table + "[http]\nsocket_mode = 0600", "k2i.ini:8:1: [http] socket_mode: has no meaning without socket")]
    [InlineData(Before + Table + "[http]\nsocket = /s\nsocket_mode = 0680",
        "k2i.ini:9:15: [http] socket_mode: expected an octal mode such as 0660, found '0680'")]
    [InlineData(Before + Table + "[http]\nsocket = /s\nsocket_mode = 4755",
        "k2i.ini:9:15: [http] socket_mode: expected an octal mode such as 0660, found '4755'")]
    [InlineData(Before + Table + "[http]\ntoken = short", "k2i.ini:8:9: [http] token: expected at least 16 characters, found ***; a token of 5 characters can be guessed")]
    [InlineData("[kafka]\nbrokers = a:1\nsasl.username = u\n[iceberg]\nwarehouse = w\n" + Table, "k2i.ini:3:1: [kafka] sasl.username: is not used with security.protocol = plaintext; set security.protocol = sasl_ssl or sasl_plaintext")]
    [InlineData("[kafka]\nbrokers = a:1\nsecurity.protocol = sasl_plaintext\nssl.ca.location = x\n[iceberg]\nwarehouse = w\n" + Table, "k2i.ini:4:1: [kafka] ssl.ca.location: is not used with security.protocol = sasl_plaintext; set security.protocol = ssl or sasl_ssl")]
    public void SaysWhatWasExpectedAndWhatWasMeant(string text, string message) => Assert.Equal(message, Assert.Single(harness.Problems(text)));

    [Theory]
    [InlineData("columns = a: int, b: strng", 7, 22)]
    [InlineData("columns = \"\"\"\n  a: int,\n  b: strng\n\"\"\"", 9, 6)]
    public void AColumnsMistakeIsFoundInsideTheText(string line, int atLine, int atColumn)
    {
        var problem = Assert.Single(harness.Load(Before + Table + line).Problems);
        Assert.Equal((atLine, atColumn), (problem.Place.Line, problem.Place.Column));
        Assert.StartsWith("[table.events] columns: expected columns such as id: long!, name: string, found '", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PartitioningIsCheckedAgainstTheColumns()
    {
        var problem = Assert.Single(harness.Load(Before + Table + "columns = a: int\npartition_by = day(a)").Problems);
        Assert.Equal("k2i.ini:8:1", problem.Place.ToString());
        Assert.Contains("day cannot be taken of 'a', which is a int", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ColumnsThatDoNotGoTogetherAreAllNamedWhereTheyStand()
    {
        var problems = harness.Problems(Before + Table + """
            columns = 'a: struct<b: int>, `a.b`: int, id: int, Id: int, ts: timestamp, ts_day: int, _KAFKA: int, `_kafka.topic`: int'
            partition_by = day(ts)
            """);
        const string Names = "[table.events] columns:", InCase = "in case only, which many engines cannot tell apart";
        const string Twice = "by which readers find them", Part = "rename the column, or the partition field with 'as'";
        const string Kafka = "kafka_column = false leaves that one out", Other = "rename one of the two or leave one out";
        Assert.Equal(
        [
            $"k2i.ini:7:31: {Names} two columns have the full name 'a.b', {Twice}; {Other}",
            $"k2i.ini:7:52: {Names} column 'Id' differs from 'id' {InCase}; {Other}",
            $"k2i.ini:7:76: {Names} column 'ts_day' has the name of partition field 'ts_day'; {Part}",
            $"k2i.ini:7:89: {Names} column '_KAFKA' differs from '_kafka' {InCase}; {Kafka}",
            $"k2i.ini:7:102: {Names} two columns have the full name '_kafka.topic', {Twice}; {Kafka}",
        ], problems);
        const string Sound = "columns = '_kafka: int, `http.method`: string, `http.url`: string'\nkafka_column = false";
        Assert.Empty(harness.Problems(Before + Table + Sound));
    }

    [Theory]
    [InlineData("""{"properties":{"a":{"properties":{"b":{"type":"integer"}}},"a.b":{"type":"integer"}}}""", "two columns have the full name 'a.b'")]
    [InlineData("""{"fields":[{"id":1,"name":"a",OPTIONAL INT},{"id":2,"name":"a",OPTIONAL INT}]}""", "two columns have the full name 'a'")]
    [InlineData("""{"properties":{"a":{"type":"integer"},"A":{"type":"integer"}}}""", "column 'A' differs from 'a' in case only")]
    [InlineData("""{"properties":{"_kafka":{"type":"integer"}}}""", "two columns have the full name '_kafka'")]
    public void ColumnsOfASchemaFileThatDoNotGoTogetherAreNamed(string schema, string complaint)
    {
        schema = schema.Replace("OPTIONAL INT", "\"required\":false,\"type\":\"int\"", StringComparison.Ordinal);
        var path = Path.Combine(harness.Folder, "schema.json");
        File.WriteAllText(path, schema);
        var problem = Assert.Single(harness.Load(Before + Table + $"schema_file = {path}").Problems);
        Assert.Equal("k2i.ini:7:1", problem.Place.ToString());
        Assert.StartsWith($"[table.events] schema_file: {complaint}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NanosecondsNeedFormatVersion3()
    {
        var problem = Assert.Single(harness.Load(Before + Table + "columns = 'a: int, b: struct<c: list<timestamp_ns>>'").Problems);
        Assert.Equal("k2i.ini:7:1", problem.Place.ToString());
        Assert.EndsWith("needs format version 3; [iceberg] format_version = 3", problem.ToString(), StringComparison.Ordinal);
        Assert.Empty(harness.Load(Before + "format_version = 3\n" + Table + "columns = 'a: int, b: timestamptz_ns'").Problems);
    }

    [Fact]
    public void EveryMistakeIsReportedAtOnceInTheFilesOrder()
    {
        var problems = harness.Problems("[kafka]\nbroker = x\n[iceberg]\nwarehouse = w\nwarehouse = v\n[table.events]\ntopics = a b\nformat = xml\nbad line\n[engine]\nmemory = much", "engine.memoy=1GiB");
        Assert.Equal(["k2i.ini:1:1", "k2i.ini:2:1", "k2i.ini:5:1", "k2i.ini:7:10", "k2i.ini:8:10", "k2i.ini:9:1", "k2i.ini:11:10", "--set engine.memoy"], problems.Select(p => p[..p.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public void BytesThatAreNotTextHaveAPlaceToo()
    {
        var path = Path.Combine(harness.Folder, "b.ini");
        File.WriteAllBytes(path, [.. "[kafka]\nab"u8, 0xFF, .. "\n"u8]);
        var (code, _, error) = harness.Run("validate", "--config", path);
        Assert.Equal(ExitCode.Invalid, code);
        Assert.StartsWith($"{path}:2:3: expected UTF-8 text\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFileIsOneProblem()
    {
        var (code, _, error) = harness.Run("validate", "--config", "/nope/k2i.ini");
        Assert.Equal(ExitCode.Invalid, code);
        Assert.Equal("/nope/k2i.ini: no such file\n1 problem; `k2i help config` lists every key\n", error);
    }

    public void Dispose() => harness.Dispose();
}
