package dev.gatun.weights;

import dev.gatun.spec.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The start of a .npy file: type, shape and order of the array that follows.
 *
 * <p>Source: numpy.lib.format, versions 1.0 to 3.0.
 *
 * @param type of the elements
 * @param order of the bytes within an element
 * @param fortranOrder whether the first index varies fastest
 * @param shape outermost extent first
 * @param bytes of the header, after which the data starts
 */
record NpyHeader(ElementType type, ByteOrder order, boolean fortranOrder, Shape shape, int bytes) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int VERSION_AT = MAGIC.length;
    private static final int LENGTH_AT = VERSION_AT + 2;

    /** Far above what any array of {@link TorchTensor#MAX_RANK} axes needs. */
    private static final int MAX_BYTES = 1 << 14;

    /** The dict that numpy writes, a Python literal of three entries in this order. */
    private static final Pattern DICT = Pattern.compile("\\{'descr': '([<>=|])([a-z]\\d{1,2})', "
            + "'fortran_order': (True|False), 'shape': \\(([0-9, L]*)\\),? ?\\}\\s*");

    private static final Map<String, ElementType> TYPES = Map.ofEntries(
            Map.entry("f2", ElementType.F16),
            Map.entry("f4", ElementType.F32),
            Map.entry("f8", ElementType.F64),
            Map.entry("i1", ElementType.I8),
            Map.entry("i2", ElementType.I16),
            Map.entry("i4", ElementType.I32),
            Map.entry("i8", ElementType.I64),
            Map.entry("u1", ElementType.U8),
            Map.entry("u2", ElementType.U16),
            Map.entry("u4", ElementType.U32),
            Map.entry("u8", ElementType.U64),
            Map.entry("b1", ElementType.BOOL),
            Map.entry("c8", ElementType.C64),
            Map.entry("c16", ElementType.C128));

    /**
     * Reads the header at the start of {@code content}.
     *
     * @throws WeightFormatException if it is none, naming {@code entry}
     */
    static NpyHeader read(FileBytes file, String entry, ZipDirectory.Entry content) {
        if (content.bytes() < LENGTH_AT + Integer.BYTES || !file.has(content.position(), MAGIC)) {
            throw file.malformed("entry '" + entry + "' does not start as a .npy file");
        }
        ByteBuffer start = file.bytes(content.position(), LENGTH_AT + Integer.BYTES);
        boolean wide = start.get(VERSION_AT) > 1;
        int begin = LENGTH_AT + (wide ? Integer.BYTES : Short.BYTES);
        int length = wide ? start.getInt(LENGTH_AT) : Short.toUnsignedInt(start.getShort(LENGTH_AT));
        if (length < 0 || length > MAX_BYTES || length > content.bytes() - begin) {
            throw file.malformed("entry '" + entry + "' has a header of " + length + " bytes, expected at most "
                    + Math.min(MAX_BYTES, content.bytes() - begin));
        }
        byte[] text = file.bytes(content.position() + begin, length).array();
        String dict = new String(text, StandardCharsets.ISO_8859_1);
        Matcher matcher = DICT.matcher(dict);
        if (!matcher.matches()) {
            throw file.malformed("entry '" + entry + "' has the header '" + dict.strip()
                    + "', expected descr, fortran_order and shape of an array of numbers");
        }
        @Nullable ElementType type = TYPES.get(matcher.group(2));
        if (type == null) {
            throw file.malformed("entry '" + entry + "' has elements of type '" + matcher.group(2) + "'");
        }
        ByteOrder order = matcher.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return new NpyHeader(
                type, order, matcher.group(3).equals("True"), shape(file, entry, matcher.group(4)), begin + length);
    }

    private static Shape shape(FileBytes file, String entry, String tuple) {
        List<Long> dims = new ArrayList<>();
        try {
            for (Matcher number = Pattern.compile("[^, ]+").matcher(tuple); number.find(); ) {
                String text = number.group();
                dims.add(Long.parseLong(text.endsWith("L") ? text.substring(0, text.length() - 1) : text));
            }
        } catch (NumberFormatException e) {
            throw new WeightFormatException(
                    file.origin(), "entry '" + entry + "' has the shape (" + tuple + "), expected extents", e);
        }
        if (dims.size() > TorchTensor.MAX_RANK) {
            throw file.malformed(
                    "entry '" + entry + "' has " + dims.size() + " axes, expected at most " + TorchTensor.MAX_RANK);
        }
        return new Shape(dims);
    }
}
