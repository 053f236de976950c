import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.avro.Schema;
import org.apache.avro.generic.*;
import org.apache.avro.io.*;

/**
 * Reads records of Avro and writes them anew as Apache Avro's Java does. In: a line for each, its schema and its bytes in hex, with a tab
 * between. Out: a line for each, hex by the plain encoder and by the one that says how long blocks of arrays and maps are, with a tab between.
 */
public class AvroAnew {
    public static void main(String[] args) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        // The fast reader asks nobody for maps.
        GenericData.get().setFastReaderEnabled(false);
        var factory = new EncoderFactory().configureBlockSize(64);
        for (String line; (line = in.readLine()) != null; ) {
            var tab = line.indexOf('\t');
            var schema = new Schema.Parser().parse(line.substring(0, tab));
            var bytes = HexFormat.of().parseHex(line.substring(tab + 1));
            var record = new InOrder(schema).read(null, DecoderFactory.get().binaryDecoder(bytes, null));
            var plain = new ByteArrayOutputStream();
            var blocks = new ByteArrayOutputStream();
            write(schema, record, factory.binaryEncoder(plain, null));
            write(schema, record, factory.blockingBinaryEncoder(blocks, null));
            out.println(HexFormat.of().formatHex(plain.toByteArray()) + "\t" + HexFormat.of().formatHex(blocks.toByteArray()));
        }
        out.flush();
    }

    /** Maps keep the order of their entries. */
    private static class InOrder extends GenericDatumReader<Object> {
        InOrder(Schema schema) {
            super(schema);
        }

        @Override
        protected Object newMap(Object old, int size) {
            return new LinkedHashMap<Object, Object>();
        }
    }

    private static void write(Schema schema, Object record, BinaryEncoder encoder) throws IOException {
        new GenericDatumWriter<Object>(schema).write(record, encoder);
        encoder.flush();
    }
}
