import java.io.*;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.*;
import org.apache.kafka.connect.data.*;
import org.apache.kafka.connect.json.JsonConverter;

/** Prints records of every type of Connect's, a line each, as its JsonConverter writes them with their schemas. */
public class ConnectRecords {
    public static void main(String[] args) throws IOException {
        var converter = new JsonConverter();
        converter.configure(Map.of("converter.type", "value", "schemas.enable", "true"), false);
        var inner = SchemaBuilder.struct().optional().field("x", Schema.FLOAT32_SCHEMA).field("raw", Schema.OPTIONAL_BYTES_SCHEMA).build();
        var schema = SchemaBuilder.struct().name("every.type")
            .field("i8", Schema.INT8_SCHEMA).field("i16", Schema.INT16_SCHEMA).field("i32", Schema.INT32_SCHEMA)
            .field("i64", Schema.INT64_SCHEMA).field("f64", Schema.FLOAT64_SCHEMA).field("flag", Schema.BOOLEAN_SCHEMA)
            .field("text", Schema.OPTIONAL_STRING_SCHEMA).field("bytes", Schema.OPTIONAL_BYTES_SCHEMA)
            .field("price", org.apache.kafka.connect.data.Decimal.builder(2).optional().parameter("connect.decimal.precision", "9").build())
            .field("day", org.apache.kafka.connect.data.Date.builder().optional().build())
            .field("noon", Time.builder().optional().build())
            .field("seen", Timestamp.builder().optional().build())
            .field("tags", SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA).optional().build())
            .field("counts", SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.INT64_SCHEMA).optional().build())
            .field("inner", inner).build();
        var full = new Struct(schema).put("i8", (byte) -128).put("i16", (short) 32767).put("i32", Integer.MIN_VALUE)
            .put("i64", Long.MAX_VALUE).put("f64", 0.1).put("flag", true).put("text", "Åse \"quoted\"\n")
            .put("bytes", ByteBuffer.wrap(new byte[] {0, (byte) 255})).put("price", new BigDecimal("-1234567.89"))
            .put("day", new java.util.Date(19000L * 86_400_000)).put("noon", new java.util.Date(43_200_001))
            .put("seen", new java.util.Date(1_650_000_000_001L)).put("tags", Arrays.asList("a", null))
            .put("counts", Map.of("k", 7L)).put("inner", new Struct(inner).put("x", 1.5f).put("raw", new byte[] {1, 2}));
        var least = new Struct(schema).put("i8", (byte) 0).put("i16", (short) 0).put("i32", 0).put("i64", Long.MIN_VALUE)
            .put("f64", -1e300).put("flag", false);
        for (var record : List.of(full, least)) {
            System.out.write(converter.fromConnectData("topic", schema, record));
            System.out.println();
        }
        System.out.flush();
    }
}
