using K2I.Serve;

namespace K2I.Cli.Config;

/// <summary>Every key of the configuration, documented once: checks, help, the default file and the search for what was meant all read this table.</summary>
internal static class Keys
{
    private const string Size = "a size such as 64MiB", Time = "a time such as 30s", Count = "a whole number",
        AutoOrCount = "auto or a whole number", Flag = "true or false", Text = "text", Path = "a path",
        Place = "a directory, or a location such as s3://bucket/path", Host = "http:// or https:// and a host";

    public static readonly ConfigKey Brokers = new("kafka", "brokers", null, "host:port, several separated by commas", "Where Kafka is: host:port, several separated by commas.", "localhost:9092") { Required = true };
    public static readonly ConfigKey Group = new("kafka", "group", "k2i", Text,
        "Consumer group: every lane of every process with this group is a member of it, and they share all partitions of all tables.");
    public static readonly ConfigKey ClientId = new("kafka", "client_id", "k2i", Text, "The name that the broker's logs and quotas know this process by.");
    public static readonly ConfigKey InstanceId = new("kafka", "instance_id", null, Text,
        "Static membership: a name that stays with this host, so that a restart within a session does not rebalance;"
        + " each lane adds its number. With group_protocol = consumer, a restart after a crash waits for the end of the session.",
        "host-1");

    public static readonly ConfigKey GroupProtocol = ConfigKey.Choice("kafka", "group_protocol", "Who shares out partitions. classic: the members of the group, any broker; consumer: the broker (KIP-848), Kafka 4.0 and later, quicker and without a pause for those who keep theirs.", "classic", "consumer");

    public static readonly ConfigKey Catalog = ConfigKey.Choice("iceberg", "catalog",
        "What keeps track of the tables. file: the metadata files in the warehouse; rest: an Iceberg REST catalog server; "
        + "hive: a Hive Metastore; nessie: a Nessie server; jdbc: a database; glue: AWS Glue.",
        "file", "rest", "hive", "nessie", "jdbc", "glue");
    public static readonly ConfigKey Warehouse = new("iceberg", "warehouse", null, Place,
        "Where the tables live: a directory, or a location such as s3://bucket/path, gs://bucket/path or "
        + "abfss://container@account.dfs.core.windows.net/path. Needed unless catalog = rest. "
        + "With rest: what the server calls the warehouse, where it has several.",
        "./warehouse");
    public static readonly ConfigKey CatalogUri = new("iceberg", "uri", null, "http:// or https:// and a host",
        "Where the catalog's server is. rest: without /v1; nessie: with /api/v2; hive: thrift://host:port, several separated by commas; "
        + "jdbc: jdbc:postgresql://host/database or jdbc:mysql://host/database, with ?sslmode=verify-full&sslrootcert=FILE where needed, "
        + "or jdbc:sqlite:/path; glue: its endpoint, if it is not AWS's own.",
        "https://catalog.example.com/iceberg");
    public static readonly ConfigKey CatalogName = new("iceberg", "catalog_name", "k2i", Text,
        "For catalog = jdbc: what the catalog is called in its database. Every engine must call it so; Spark uses the name it has there.");
    public static readonly ConfigKey CatalogUser = new("iceberg", "user", null, Text,
        "For catalog = jdbc: who logs in to the database.", "k2i");
    public static readonly ConfigKey CatalogPassword = new("iceberg", "password", null, "a password",
        "For catalog = jdbc: the password of user.", "${file:/etc/k2i/catalog-password}")
    { Secret = true };
    public static readonly ConfigKey GlueId = new("iceberg", "catalog_id", null, "an account's number",
        "For catalog = glue: the account whose catalog it is; without it that of the credentials, which are those of [s3].",
        "123456789012");
    public static readonly ConfigKey StorageRoot = new("iceberg", "storage_root", null, Place,
        "For catalog = rest: tables may lie below this directory or location only, whatever the server says. "
        + "Needed unless warehouse is one, or the server hands out keys: without it those alone are used.",
        "/srv/warehouse");
    public static readonly ConfigKey Locations = new("iceberg", "locations", null, "directories and locations, with commas between them",
        "Further places below which files of tables may lie, such as those of write.data.path; files elsewhere are refused.",
        "s3://other-bucket/data, gs://bucket");
    public static readonly ConfigKey CatalogToken = new("iceberg", "token", null, "a bearer token", "For catalog = rest or nessie: a bearer token.", "${file:/etc/k2i/catalog-token}") { Secret = true };
    public static readonly ConfigKey CatalogCredential = new("iceberg", "credential", null, "id:secret",
        "For catalog = rest or nessie: id:secret of an OAuth2 client; tokens are fetched and renewed with it.",
        "${file:/etc/k2i/catalog-credential}")
    { Secret = true };
    public static readonly ConfigKey CatalogScope = new("iceberg", "scope", "catalog", Text,
        "The OAuth2 scope asked for with the credential; nessie: none unless it is set.");
    public static readonly ConfigKey OAuth2ServerUri = new("iceberg", "oauth2_server_uri", null,
        "http:// or https:// and a host", "Where tokens are fetched; rest: without it URI/v1/oauth/tokens.", "https://login.example.com/oauth/token");
    public static readonly ConfigKey CatalogAudience = new("iceberg", "audience", null, Text,
        "The OAuth2 audience asked for with the credential.", "https://catalog.example.com");
    public static readonly ConfigKey CatalogResource = new("iceberg", "resource", null, Text,
        "The OAuth2 resource asked for with the credential.", "https://catalog.example.com");
    public static readonly ConfigKey TokenExchange = new("iceberg", "token_exchange", "false", Flag,
        "For catalog = rest or nessie: a token is renewed by giving it for another (OAuth2 token exchange), also one that was given "
        + "as token.");
    public static readonly ConfigKey StorageAccess = ConfigKey.Choice("iceberg", "storage_access",
        "For catalog = rest: how files are reached. vended: by keys that the server hands out for each table, renewed before they end; "
        + "signed: the server signs each request; both as [s3] says where it does not. own: as [s3] says.", "vended", "signed", "own");
    public static readonly ConfigKey SigningName = new("iceberg", "signing_name", null, "glue, s3tables or execute-api",
        "For catalog = rest at AWS: requests are signed for this service (SigV4), by the keys of [s3].", "s3tables");
    public static readonly ConfigKey SigningRegion = new("iceberg", "signing_region", null, "a region",
        "For signing_name: the region of the service; without it that of [s3].", "eu-central-1");
    public static readonly ConfigKey CatalogCaFile = new("iceberg", "ca_file", null, Path,
        "For catalog = rest or nessie: PEM file of the authorities to trust, in place of the system's.", "/etc/k2i/ca.crt");
    public static readonly ConfigKey CatalogCertificate = new("iceberg", "client_certificate", null, Path,
        "For catalog = rest or nessie: PEM file with the certificate, and its chain, that is shown to the server.", "/etc/k2i/client.crt");
    public static readonly ConfigKey CatalogCertificateKey = new("iceberg", "client_key", null, Path,
        "PEM file with the key of client_certificate.", "/etc/k2i/client.key");
    public static readonly ConfigKey CatalogProxy = new("iceberg", "proxy", null, Host,
        "For catalog = rest or nessie: the proxy that requests go through, with a login if it wants one; without it HTTPS_PROXY and "
        + "NO_PROXY.",
        "http://proxy.example.com:3128")
    { Secret = true };
    public static readonly ConfigKey NessieRef = new("iceberg", "ref", "main", "a name, maybe with @ and a hash",
        "For catalog = nessie: the branch; a tag, or a branch at a hash, to look only.");
    public static readonly ConfigKey HiveLocks = new("iceberg", "metastore_locks", "true", Flag,
        "For catalog = hive: whether commits take the metastore's lock of the table. All writers of a table must do the same; "
        + "false needs Hive 2.3.10, 4.0 or newer.");
    public static readonly ConfigKey HiveTls = new("iceberg", "metastore_tls", "false", Flag,
        "For catalog = hive: whether the metastore speaks TLS.");
    public static readonly ConfigKey HiveCaFile = new("iceberg", "metastore_ca_file", null, Path,
        "For catalog = hive: PEM file of the authorities to trust, in place of the system's.", "/etc/k2i/ca.crt");
    public static readonly ConfigKey HiveUser = new("iceberg", "metastore_user", null, Text,
        "For catalog = hive: who the metastore is told is asking; without it the user of the process.", "k2i");
    public static readonly ConfigKey Namespace = new("iceberg", "namespace", "default", "names of a-z, 0-9 and _, joined by dots", "The namespace of tables whose name has none.");
    public static readonly ConfigKey FormatVersion = ConfigKey.Choice("iceberg", "format_version", "Iceberg format version of new tables. 3 has row ids, nanoseconds and deletion vectors; not every engine reads it yet.", "2", "3");

    public static readonly ConfigKey RegistryApi = ConfigKey.Choice("registry", "api",
        "In whose words the registry is asked. confluent: Confluent's, Apicurio's, Karapace's, Redpanda's; glue: AWS Glue's, "
        + "with the keys of [s3]; azure: that of Event Hubs.", "confluent", "glue", "azure");
    public static readonly ConfigKey RegistryUrl =
        new("registry", "url", null, "http:// or https:// and a host, several separated by commas",
        "Where the schema registry is; of several addresses of one registry the next is asked where one gives no answer. "
        + "Of Glue it is not needed but for an endpoint that is not AWS's own.",
        "https://registry.example.com");
    public static readonly ConfigKey RegistryContext = new("registry", "context", null, Text,
        "The context that schema ids are counted in, where the registry has several.", "staging");
    public static readonly ConfigKey RegistryUser = new("registry", "user", null, Text, "Basic authentication, with password.", "k2i");
    public static readonly ConfigKey RegistryPassword = new("registry", "password", null, "a password", "The password of user.",
        "${file:/etc/k2i/registry-password}")
    { Secret = true };
    public static readonly ConfigKey RegistryToken = new("registry", "token", null, "a bearer token", "A bearer token.",
        "${file:/etc/k2i/registry-token}")
    { Secret = true };
    public static readonly ConfigKey RegistryCredential = new("registry", "credential", null, "id:secret",
        "id:secret of an OAuth2 client; tokens are fetched and renewed with it.", "${file:/etc/k2i/registry-credential}")
    { Secret = true };
    public static readonly ConfigKey RegistryTokenUrl =
        new("registry", "token_url", null, Host, "Where tokens are fetched for the credential.",
        "https://login.example.com/oauth/token");
    public static readonly ConfigKey RegistryScope =
        new("registry", "scope", null, Text, "The OAuth2 scope asked for with the credential.", "registry");
    public static readonly ConfigKey RegistryCaFile = new("registry", "ca_file", null, Path,
        "PEM file of the authorities that are trusted, and no others; without it the system's.", "/etc/k2i/registry-ca.pem");
    public static readonly ConfigKey RegistryCertificate = new("registry", "certificate", null, Path,
        "PEM file of the certificate that K2I shows, with key.", "/etc/k2i/registry.crt");
    public static readonly ConfigKey RegistryKey =
        new("registry", "key", null, Path, "PEM file of the certificate's key.", "/etc/k2i/registry.key");
    public static readonly ConfigKey RegistryTimeout =
        new("registry", "timeout", "5s", Time, "For one answer; rows of other schemas are written meanwhile.");

    public static readonly ConfigKey S3Region = new("s3", "region", null, "a region",
        "The region of the bucket; without it that of AWS_REGION, the profile or the machine, or us-east-1 with an endpoint.",
        "eu-central-1");
    public static readonly ConfigKey S3Endpoint = new("s3", "endpoint", null, Host,
        "Where a store is that speaks like S3, without a path; without it AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, else AWS.",
        "https://minio.example.com:9000");
    public static readonly ConfigKey S3PathStyle = ConfigKey.Choice("s3", "path_style",
        "Whether the bucket stands in the path or in the name of the host. auto: in the path with an endpoint.", "auto", "true", "false");
    public static readonly ConfigKey S3AccessKey = new("s3", "access_key_id", null, Text,
        "A fixed key, with secret_access_key. Without it what AWS's own tools take: environment, profile files, web identity, "
        + "container, machine.", "AKIA…");
    public static readonly ConfigKey S3SecretKey = new("s3", "secret_access_key", null, "a secret", "The secret of access_key_id.",
        "${file:/etc/k2i/s3-secret}")
    { Secret = true };
    public static readonly ConfigKey S3SessionToken = new("s3", "session_token", null, "a token", "Belongs to a key that ends.",
        "${AWS_SESSION_TOKEN}")
    { Secret = true };
    public static readonly ConfigKey S3Profile = new("s3", "profile", null, Text,
        "A profile of AWS's configuration files, in place of a key.", "analytics");
    public static readonly ConfigKey S3CaFile = new("s3", "ca_file", null, Path,
        "PEM file of the authorities to trust, in place of the system's.", "/etc/k2i/ca.crt");
    public static readonly ConfigKey S3UploadMemory = new("s3", "upload_memory", "32MiB", Size,
        "What parts of files on their way to S3 may take beside [engine] memory; "
        + "each file being written has 8MiB at least, whatever it says.");

    public static readonly ConfigKey Memory = new("engine", "memory", "512MiB", Size,
        "Memory for rows that are not yet in a table, all tables together; at least 5MiB for each lane and 1MiB for each flush thread. "
        + "The whole process takes up to 64MiB more, and what [query] memory, index_memory, [maintenance] memory and, for tables in S3, "
        + "[s3] upload_memory allow.");
    public static readonly ConfigKey Lanes = new("engine", "lanes", "auto", AutoOrCount,
        "Consumers of this process, each with a log and a thread of its own: how many cores fetch and decode. "
        + "auto: one up to two cores, then half of the cores.");
    public static readonly ConfigKey FlushThreads = new("engine", "flush_threads", "auto", AutoOrCount,
        "How many tables may write or commit at a time. auto: as many as cores, from 2 to 16.");
    public static readonly ConfigKey DataDirectory = new("engine", "data_dir", "./k2i-data", Path, "Local directory for what must survive a restart: the write-ahead log, requests to resume. One process at a time.");
    public static readonly ConfigKey ShutdownTimeout = new("engine", "shutdown_timeout", "30s", Time, "How long a stop may take to flush and commit.");

    public static readonly ConfigKey WalMode = ConfigKey.Choice("wal", "mode", "What the write-ahead log holds. records: the records themselves, so that a restart has them back without Kafka; offsets: state changes alone, and records are fetched again.", "records", "offsets");
    public static readonly ConfigKey WalFileSize = new("wal", "file_size", "64MiB", Size,
        "The size of one log file. Each lane has two of them at least, written in full when they are made.");
    public static readonly ConfigKey WalMaxBytes = new("wal", "max_bytes", "1GiB", Size,
        "What the logs of all lanes may take on disk together; at least four files for each lane.");
    public static readonly ConfigKey WalGroupInterval = new("wal", "group_interval", "2ms", Time, "How long appended records wait for others before all of them are synced to the disk together.");

    public static readonly ConfigKey LogLevel = ConfigKey.Choice("log", "level", "What is logged: debug, info, warn or error and worse.", "info", "debug", "warn", "error");
    public static readonly ConfigKey LogFormat = ConfigKey.Choice("log", "format", "text for people, json for machines.", "text", "json");
    public static readonly ConfigKey LogFile = new("log", "file", null, Path, "Log to this file instead of standard error.", "/var/log/k2i/k2i.log");
    public static readonly ConfigKey LogFileSize = new("log", "file_size", "64MiB", Size, "The file is set aside when it reaches this size.");
    public static readonly ConfigKey LogFileCount = new("log", "file_count", "5", Count, "How many files set aside are kept.");

    public static readonly ConfigKey Listen = new("http", "listen", "127.0.0.1:9464", ListenAddress.Expected + ", or off",
        "Address of /health, /metrics, /status and of queries below /v1; off for none.");
    public static readonly ConfigKey Socket = new("http", "socket", null, Path,
        "A Unix socket to listen on as well. Whoever may write to the file may ask: no token is asked for there.", "/run/k2i/k2i.sock");
    public static readonly ConfigKey SocketMode = new("http", "socket_mode", "0660", "an octal mode such as 0660",
        "The rights to the socket's file.");
    public static readonly ConfigKey Token = new("http", "token", null, "at least 16 characters", "Callers must send it as a bearer token; needed beyond loopback, unless there is a certificate.", "${file:/etc/k2i/token}") { Secret = true };
    public static readonly ConfigKey TlsCertificate = new("http", "tls_certificate", null, Path, "PEM file with the certificate and its chain.", "/etc/k2i/tls.crt");
    public static readonly ConfigKey TlsKey = new("http", "tls_key", null, Path, "PEM file with the certificate's key.", "/etc/k2i/tls.key");

    public static readonly ConfigKey TableMetrics = new("http", "table_metrics", "all", "all, none or top N",
        "Which tables have metrics of their own, and their partitions: all; top N: those with the most lag, then with the most rows; none. Sums over all tables are always there.");

    public static readonly ConfigKey HotTtl = new("query", "hot_ttl", "60s", Time,
        "How long rows stay in memory for queries once they are in the table, while nobody needs the room.");
    public static readonly ConfigKey QueryMemory = new("query", "memory", "64MiB", Size,
        "What all queries together may take beside [engine] memory: half for files that are read and rows put in order, "
        + "half for rows that slow readers keep from being given up.");
    public static readonly ConfigKey IndexMemory = new("query", "index_memory", "64MiB", Size,
        "What the indexes of all tables with a key may take beside [engine] memory; "
        + "rows that find no room there are looked through when a key is asked for.");
    public static readonly ConfigKey QueryRows = new("query", "max_rows", "1000000", Count, "Rows of one answer.");
    public static readonly ConfigKey QueryBytes = new("query", "max_bytes", "1GiB", Size, "Bytes of one answer.");
    public static readonly ConfigKey QueryTimeout = new("query", "timeout", "60s", Time, "From a question to the end of its answer.");
    public static readonly ConfigKey QueryConcurrency = new("query", "concurrency", "8", Count,
        "Queries that run at a time, and followers besides; who comes later is told to ask again.");

    public static readonly ConfigKey FlushBytes = new("flush", "bytes", "128MiB", Size, "Rows go to the table when this much is buffered for it.");
    public static readonly ConfigKey FlushRows = new("flush", "rows", "10000000", Count, "Or when this many rows are.");
    public static readonly ConfigKey FlushInterval = new("flush", "interval", "30s", Time, "Or when the oldest row has waited this long, also if its topic falls idle.");

    public static readonly ConfigKey Maintenance = ConfigKey.Choice("maintenance", "maintenance",
        "Whether tables are kept in shape by the process that fills them. off: `k2i maintenance`, or others, see to it.", "on", "off");
    public static readonly ConfigKey MaintenanceThreads = new("maintenance", "threads", "1", Count,
        "Tables that are kept in shape at a time, each by a thread of its own.");
    public static readonly ConfigKey MaintenanceCpu = new("maintenance", "cpu", "50", Count,
        "How much of a core each of these threads may use, in per cent; while records wait to be fetched they stand still.");
    public static readonly ConfigKey MaintenanceMemory = new("maintenance", "memory", "128MiB", Size,
        "What one job of maintenance may take beside [engine] memory.");
    public static readonly ConfigKey MaintenanceEvery = new("maintenance", "every", "30s", Time,
        "How often it is looked whether a table needs something, at most; it is once there are ten more commits, or after an hour.");
    public static readonly ConfigKey TargetFileSize = new("maintenance", "target_file_size", null, Size,
        "How large files are to become; without it the table's property write.target-file-size-bytes, else 512MiB.", "256MiB");
    public static readonly ConfigKey Settle = new("maintenance", "settle", "2m", Time,
        "Files that were committed later than this ago are left alone: others may still be at their rows.");
    public static readonly ConfigKey ExpireAfter = new("maintenance", "expire_after", "1d", Time,
        "Snapshots older than this go, and with them the files that only they need; "
        + "the table's property history.expire.max-snapshot-age-ms comes before it.");
    public static readonly ConfigKey KeepSnapshots = new("maintenance", "keep_snapshots", "100", Count,
        "So many snapshots of a branch stay whatever their age; "
        + "the table's property history.expire.min-snapshots-to-keep comes before it.");
    public static readonly ConfigKey Orphans = ConfigKey.Choice("maintenance", "orphans",
        "Files below a table's location that the table does not name, and uploads that were begun and never ended. "
        + "report: tell of them; remove: remove those that are found a second time; off: do not look.", "report", "remove", "off");
    public static readonly ConfigKey OrphanGrace = new("maintenance", "orphan_grace", "3d", Time,
        "A file that was changed later than this ago is no orphan yet; longer than any writer takes from a file to its commit.");

    public static readonly ConfigKey Topics = new("table", "topics", null, "topic names or ^regular-expressions, separated by commas",
        "Topics that feed the table, separated by commas; one that starts with ^ is a regular expression. A section without topics says what a template's table of its name is like.", "events")
    { Required = true };
    public static readonly ConfigKey TableName = new("table", "table", null, "a name such as ${db}.${entity}",
        "Makes the section a template: a table for each topic that matches, also of topics that come to be later. ${topic} and ${group} stand for the topic and for named groups of its expression, (?<group>…), with route_by ${value} for the value, never for the environment; capitals become small, other characters _.", "${db}.${entity}")
    { Verbatim = true };
    public static readonly ConfigKey RouteBy = new("table", "route_by", null, "a field such as kind or user.kind",
        "The field, by the name that records have, whose value says which table a record goes to; table = … names the tables, "
        + "with ${value}. "
        + "The section's own table has no rows then, but says which tables there are and how far records were given to them; "
        + "records without a value that can name a table are its dead letters.", "kind");
    public static readonly ConfigKey MaxTables = new("table", "max_tables", "1000", Count,
        "For table: topics that would make more tables than that are told of and left alone; with route_by, records of further "
        + "values are dead letters.");
    public static readonly ConfigKey Format = ConfigKey.Choice("table", "format",
        "What a record's value holds. json: typed columns; raw: key and value as two columns; avro, protobuf, "
        + "json_schema: typed columns, by the schema that each record names; "
        + "connect_json: Kafka Connect's JSON, the schema in each record; string: text in UTF-8, bytes: anything, in one column value.",
        "json", "raw", "avro", "protobuf", "json_schema", "connect_json", "string", "bytes");
    public static readonly ConfigKey Wire = ConfigKey.Choice("table", "wire",
        "For formats with schemas: where a record names its own. confluent: a 0 and 4 bytes before the payload, or a header; "
        + "apicurio8: a 0 and 8 bytes; glue: AWS Glue's frame; azure: the header content-type; "
        + "single_object: Avro's single-object encoding; bare: nowhere, the one of schema, "
        + "which is the default with schema.", "confluent", "bare", "apicurio8", "glue", "azure", "single_object");
    public static readonly ConfigKey WriterSchema = new("table", "schema", null, Path,
        "For formats with schemas: the file of the one that all records are written with (protobuf: a .proto file, or a descriptor set); "
        + "without it [registry] has the schemas.", "./event.avsc");
    public static readonly ConfigKey Message = new("table", "message", null, "the full name of a message",
        "For format = protobuf: the message that records are, whatever they say. Without it they name it, or the schema has but one.",
        "shop.Order");
    public static readonly ConfigKey OnIncompatible = ConfigKey.Choice("table", "on_incompatible",
        "For formats with schemas: a schema has a field that does not go into the column of its name, however that is widened. "
        + "dead_letter: its records "
        + "are set aside; pause: the table stops; new_column: the field gets a column NAME_v2.", "dead_letter", "pause", "new_column");
    public static readonly ConfigKey RawValue = ConfigKey.Choice("table", "raw_value", "For format = raw: the type of the value column.", "binary", "string");
    public static readonly ConfigKey RawKey = ConfigKey.Choice("table", "raw_key", "For format = raw: the type of the key column.", "binary", "string");
    public static readonly ConfigKey KeyFormat = ConfigKey.Choice("table", "key_format",
        "What a record's key holds, where it is to have a column key: string: text in UTF-8; bytes: anything; int, long: as Kafka's "
        + "serializers write them; none: there is no such column. A field of the value that is called key is left out then, "
        + "unless it is renamed. json: an object; avro, protobuf: by the schema that each key names: see key_columns.",
        "none", "string", "bytes", "int", "long", "json", "avro", "protobuf");
    public static readonly ConfigKey KeyColumns = ConfigKey.Choice("table", "key_columns",
        "For key_format = json, avro or protobuf: which columns the fields of keys have. flat: each its own, key_NAME; struct: one, key; "
        + "none: none.", "flat", "struct", "none");
    public static readonly ConfigKey KeySchema = new("table", "key_schema", null, Path,
        "The schema that all keys are written with, where no registry has it: keys without a frame then.", "./key.avsc");
    public static readonly ConfigKey KeyMessage = new("table", "key_message", null, "the full name of a message",
        "For key_format = protobuf: the message that keys are, where they do not name it.", "shop.OrderKey");
    public static readonly ConfigKey Columns = new("table", "columns", null, "columns such as id: long!, name: string", "The columns: at most 5000 counted at every depth, no two whose dotted names differ in case only. Without them and a schema file: those of the table if it exists, else inferred from the first records.", "event_id: string!, event_time: timestamptz, user: struct<id: long, name: string>");
    public static readonly ConfigKey SchemaFile = new("table", "schema_file", null, Path, "An Iceberg schema or a JSON Schema that gives the columns.", "./events.schema.json");
    public static readonly ConfigKey InferRecords = new("table", "infer_records", "1000", Count, "How many records are looked at to infer the columns; what comes later has to fit the types that these have.");
    public static readonly ConfigKey UnknownFields =
        ConfigKey.Choice("table", "unknown_fields",
        "A field that is no column: ignore it, evolve (add the column; where the table cannot have it, set the record aside) "
        + "or dead_letter (set the record aside). "
        + "With formats of schemas and no columns given, evolve is the default.", "ignore", "evolve", "dead_letter");
    public static readonly ConfigKey TimestampUnit = ConfigKey.Choice("table", "timestamp_unit", "What a number means in a time or timestamp column whose own name does not end in _ms, _us or _ns, which says it: s, ms, us or ns, since midnight or since 1970.", "ms", "s", "us", "ns");
    public static readonly ConfigKey CaseSensitive = new("table", "case_sensitive", "true", Flag, "Whether a field that differs from its column in the case of letters A to Z alone is another field, and left out, or is taken for it.");
    public static readonly ConfigKey PartitionBy = new("table", "partition_by", null, "partition fields such as day(event_time), bucket(16, user_id)", "Iceberg partitioning: column, year, month, day, hour(column), bucket(n, column), truncate(w, column).", "day(event_time), bucket(16, user_id)");
    public static readonly ConfigKey Rename = new("table", "rename", null, "fields and names such as ts: event_time, user.mail: email",
        "Fields that become columns of other names. Here and in drop, cast, flatten and mask fields have the names that records have, "
        + "all else names columns.", "ts: event_time, user.mail: email");
    public static readonly ConfigKey Drop = new("table", "drop", null, "fields such as debug, user.password",
        "Fields that never become columns.", "debug, user.password");
    public static readonly ConfigKey Cast = new("table", "cast", null, "fields and types such as amount: decimal(10, 2), id: string",
        "Fields that become columns of other types, by the rules for JSON; what does not go into them is set aside.",
        "amount: decimal(10, 2), id: string");
    public static readonly ConfigKey Flatten = new("table", "flatten", null, "fields such as user, user.address",
        "Objects without a column of their own: their fields become columns user_name, ….", "user, user.address");
    public static readonly ConfigKey Mask = new("table", "mask", null, "fields, each with hash or null, such as user.mail: hash",
        "Fields whose values are not kept: hash has HMAC-SHA-256 of them under mask_key, equal for equal values; null has nothing.",
        "user.mail: hash, user.phone: null");
    public static readonly ConfigKey MaskKey = new("table", "mask_key", null, "a secret of 16 bytes or more",
        "For mask: who has it can find masked values by trial; another one makes other hashes.", "${file:/etc/k2i/mask-key}")
    { Secret = true };
    public static readonly ConfigKey Start = new("table", "start", "earliest", "earliest, latest, a time such as 2026-01-01T00:00:00Z, or offsets such as 0:100, 1:200 or topic:0:100", "Where to begin in a partition that the table has nothing of: earliest; latest, which is decided at the first start and kept (partitions that come to be later are read from their beginning); a time; or PARTITION:OFFSET or TOPIC:PARTITION:OFFSET, ….");
    public static readonly ConfigKey Key = new("table", "key", null, "columns such as event_id or _kafka.key",
        "Columns that rows are found by, separated by commas; the newest row of a key is the one. Of structs by a.b.", "event_id");
    public static readonly ConfigKey KafkaColumn = new("table", "kafka_column", "true", Flag, "Adds the column _kafka: topic, partition, offset, timestamp, timestamp_type, key and headers of each row.");
    public static readonly ConfigKey TableFlushBytes = new("table", "flush.bytes", null, Size, "This table's own [flush] bytes.", "256MiB");
    public static readonly ConfigKey TableFlushRows = new("table", "flush.rows", null, Count, "This table's own [flush] rows.", "1000000");
    public static readonly ConfigKey TableFlushInterval = new("table", "flush.interval", null, Time, "This table's own [flush] interval.", "5m");
    public static readonly ConfigKey TableMaintenance = new("table", "maintenance", null, "on or off",
        "This table's own [maintenance] maintenance.", "off")
    { Choices = ["on", "off"] };
    public static readonly ConfigKey TableTargetFileSize =
        new("table", "maintenance.target_file_size", null, Size, "This table's own [maintenance] target_file_size.", "128MiB");
    public static readonly ConfigKey TableExpireAfter =
        new("table", "maintenance.expire_after", null, Time, "This table's own [maintenance] expire_after.", "5d");
    public static readonly ConfigKey TableKeepSnapshots =
        new("table", "maintenance.keep_snapshots", null, Count, "This table's own [maintenance] keep_snapshots.", "10");
    public static readonly ConfigKey SortBy = new("table", "sort_by", null, "columns with commas between, or zorder(columns)",
        "How rows lie in files that are written anew; without it as the table's sort order says.", "country, event_time");
    public static readonly ConfigKey TableOrphans = new("table", "maintenance.orphans", null, "report or remove or off",
        "This table's own [maintenance] orphans.", "remove")
    { Choices = ["report", "remove", "off"] };
    public static readonly ConfigKey TableOrphanGrace =
        new("table", "maintenance.orphan_grace", null, Time, "This table's own [maintenance] orphan_grace.", "7d");
    public static readonly ConfigKey Retention = new("table", "retention", null, Time,
        "How long rows are kept, by the time in retention_column; those without one are kept for ever.", "90d");
    public static readonly ConfigKey RetentionColumn = new("table", "retention_column", "_kafka.timestamp", "a column of times or dates",
        "For retention: the column that says how old a row is. Of structs by a.b.");
    public static readonly ConfigKey DeadLetter = ConfigKey.Choice("table", "dead_letter", "Where a record goes that is no row. table: the Iceberg table NAME_dead_letters, exactly once; topic: a Kafka topic, at least once; pause: nowhere, the table stops until `k2i resume`; drop: nowhere, it is counted and logged.", "table", "topic", "pause", "drop");
    public static readonly ConfigKey DeadLetterTopic = new("table", "dead_letter_topic", null, "a topic name", "For dead_letter = topic: the topic. Without it NAME.dead-letters.", "events.dead-letters");
    public static readonly ConfigKey Tombstones = ConfigKey.Choice("table", "tombstones", "What a record without a value is. dead_letter; null_row: a row of nulls, its key and origin in _kafka, or a dead letter where a column is required; skip: nothing.", "dead_letter", "null_row", "skip");
    public static readonly ConfigKey MaxRecord = new("table", "max_record", "16MiB", Size, "Larger records are set aside as dead letters.");
    public static readonly ConfigKey MaxDepth = new("table", "max_depth", "64", Count, "JSON nested deeper is set aside.");

    /// <summary>Keys of a table that start with it set properties of the Iceberg table: <c>property.write.parquet.compression-codec = zstd</c>.</summary>
    public const string PropertyPrefix = "property.";

    /// <summary>Keys of a table that start with it are <see cref="TimestampUnit"/> of one column: <c>timestamp_unit.event.created = us</c>.</summary>
    public const string UnitPrefix = "timestamp_unit.";

    /// <summary>
    /// Keys of <c>[iceberg]</c> that start with it and of <c>[registry]</c> that start with it are headers of requests to a REST catalog
    /// or the registry: <c>header.X-Tenant = a</c>.
    /// </summary>
    public const string HeaderPrefix = "header.";

    public static readonly ConfigKey[] All =
    [
        Brokers, Group, ClientId, InstanceId, GroupProtocol,
        Catalog, Warehouse, CatalogUri, StorageRoot, Locations, CatalogToken, CatalogCredential, CatalogScope, OAuth2ServerUri,
            CatalogAudience, CatalogResource, TokenExchange, StorageAccess, SigningName, SigningRegion, CatalogCaFile, CatalogCertificate,
            CatalogCertificateKey, CatalogProxy, CatalogName, CatalogUser, CatalogPassword, GlueId,
            NessieRef, HiveLocks, HiveTls, HiveCaFile, HiveUser, Namespace, FormatVersion,
        RegistryApi, RegistryUrl, RegistryContext, RegistryUser, RegistryPassword, RegistryToken, RegistryCredential, RegistryTokenUrl,
            RegistryScope, RegistryCaFile, RegistryCertificate, RegistryKey, RegistryTimeout,
        S3Region, S3Endpoint, S3PathStyle, S3AccessKey, S3SecretKey, S3SessionToken, S3Profile, S3CaFile, S3UploadMemory,
        .. StoreKeys.All,
        Memory, Lanes, FlushThreads, DataDirectory, ShutdownTimeout,
        WalMode, WalFileSize, WalMaxBytes, WalGroupInterval,
        LogLevel, LogFormat, LogFile, LogFileSize, LogFileCount,
        Listen, Socket, SocketMode, Token, TlsCertificate, TlsKey, TableMetrics,
        HotTtl, QueryMemory, IndexMemory, QueryRows, QueryBytes, QueryTimeout, QueryConcurrency,
        FlushBytes, FlushRows, FlushInterval,
        Maintenance, MaintenanceThreads, MaintenanceCpu, MaintenanceMemory, MaintenanceEvery, TargetFileSize, Settle,
            ExpireAfter, KeepSnapshots, Orphans, OrphanGrace,
        Topics, TableName, RouteBy, MaxTables, Format, Wire, WriterSchema, Message, OnIncompatible, Columns, SchemaFile, InferRecords,
            UnknownFields, CaseSensitive, TimestampUnit, RawValue,
            RawKey, KeyFormat, KeyColumns, KeySchema, KeyMessage, Rename, Drop, Cast, Flatten, Mask, MaskKey,
            PartitionBy, Key, Start, KafkaColumn,
        TableFlushBytes, TableFlushRows, TableFlushInterval,
        TableMaintenance, SortBy, TableTargetFileSize, TableExpireAfter, TableKeepSnapshots, TableOrphans, TableOrphanGrace, Retention,
            RetentionColumn,
        DeadLetter, DeadLetterTopic, Tombstones, MaxRecord, MaxDepth,
    ];

    /// <summary>Section names in the order of the default file; <c>table</c> stands for <c>table.NAME</c>.</summary>
    public static readonly string[] Sections =
        ["kafka", "registry", "iceberg", "s3", "gcs", "azure", "engine", "wal", "log", "http", "query", "flush", "maintenance", "table"];

    public static IEnumerable<string> NamesIn(string section) => All.Where(k => k.Section == section).Select(k => k.Name);
}
