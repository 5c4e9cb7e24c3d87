import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import javax.imageio.ImageIO;

/** Draws the pictures beside it: {@code java Drawings.java [DIRECTORY]}. The same program draws the same pixels everywhere. */
public final class Drawings {
    private static final int SIDE = 256;

    private Drawings() {}

    public static void main(String[] args) throws IOException {
        System.setProperty("java.awt.headless", "true");
        Path directory = Path.of(args.length == 0 ? "." : args[0]);
        Map<String, Consumer<Graphics2D>> pictures = new LinkedHashMap<>();
        pictures.put("ship.png", Drawings::ship);
        pictures.put("airplane.jpg", Drawings::airplane);
        pictures.put("automobile.png", Drawings::automobile);
        pictures.put("truck.png", Drawings::truck);
        pictures.put("frog.png", Drawings::frog);
        pictures.put("horse.png", Drawings::horse);
        for (Map.Entry<String, Consumer<Graphics2D>> picture : pictures.entrySet()) {
            String name = picture.getKey();
            String format = name.substring(name.lastIndexOf('.') + 1);
            Path file = directory.resolve(name);
            Files.deleteIfExists(file);
            ImageIO.write(draw(picture.getValue()), format, file.toFile());
        }
    }

    private static BufferedImage draw(Consumer<Graphics2D> picture) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        picture.accept(g);
        g.dispose();
        return image;
    }

    private static void ship(Graphics2D g) {
        fade(g, 0x9fc4e0, 0, 0xe3edf2, 130);
        box(g, 0, 0, SIDE, 130);
        fade(g, 0x5d8fae, 128, 0x1f4f78, 256);
        box(g, 0, 128, SIDE, 128);
        fill(g, 0xf4f4f0, polygon(76, 108, 190, 108, 196, 132, 70, 132)); // deck houses
        fill(g, 0xfafaf7, polygon(100, 84, 176, 84, 180, 108, 96, 108));
        fill(g, 0xeeeeea, polygon(118, 68, 158, 68, 160, 84, 116, 84));
        fill(g, 0xc8452f, polygon(126, 36, 148, 36, 150, 68, 124, 68)); // funnel
        fill(g, 0x222222, polygon(126, 34, 148, 34, 148, 44, 126, 44));
        for (int x = 82; x < 186; x += 12) {
            fill(g, 0x3d5a70, new Ellipse2D.Double(x, 116, 6, 6));
        }
        for (int x = 106; x < 172; x += 12) {
            fill(g, 0x3d5a70, new RoundRectangle2D.Double(x, 91, 7, 8, 2, 2));
        }
        fill(g, 0x27384c, polygon(22, 132, 240, 132, 214, 176, 46, 176)); // hull
        fill(g, 0xa33a2c, polygon(42, 168, 219, 168, 214, 178, 46, 178));
        line(g, 0xf2f2f2, 2, 24, 135, 238, 135);
        line(g, 0x444444, 3, 60, 132, 60, 72); // masts
        line(g, 0x444444, 3, 208, 132, 208, 80);
        line(g, 0x666666, 1, 60, 74, 126, 50);
        fade(g, 0x6e9cb8, 172, 0x1f4f78, 256);
        Path2D waves = new Path2D.Double();
        waves.moveTo(0, 178);
        for (int x = 0; x < SIDE; x += 16) {
            waves.quadTo(x + 8, 169, x + 16, 178);
        }
        waves.lineTo(SIDE, SIDE);
        waves.lineTo(0, SIDE);
        waves.closePath();
        g.fill(waves);
        for (int y = 190; y < SIDE; y += 14) {
            for (int x = (y * 7) % 40; x < SIDE; x += 46) {
                line(g, 0x86aec6, 2, x, y, x + 18, y - 1);
            }
        }
    }

    private static void airplane(Graphics2D g) {
        fade(g, 0x4f90cf, 0, 0xb9d8ee, 256);
        box(g, 0, 0, SIDE, SIDE);
        cloud(g, 20, 190, 1.0);
        cloud(g, 170, 30, 0.7);
        AffineTransform upright = g.getTransform();
        g.rotate(Math.toRadians(-12), 128, 128);
        fill(g, 0xa9b2ba, polygon(112, 122, 150, 122, 112, 66, 98, 66)); // far wing
        fill(g, 0xb8c0c7, polygon(36, 116, 60, 116, 46, 92, 34, 92)); // far tailplane
        fill(g, 0x2f5fa5, polygon(26, 118, 62, 118, 36, 66, 16, 66)); // fin
        fade(g, 0xfbfcfd, 108, 0xa6afb8, 150);
        Path2D fuselage = new Path2D.Double();
        fuselage.moveTo(14, 116);
        fuselage.lineTo(200, 108);
        fuselage.curveTo(224, 108, 242, 120, 244, 130);
        fuselage.curveTo(244, 140, 226, 146, 204, 146);
        fuselage.lineTo(90, 146);
        fuselage.curveTo(60, 144, 30, 132, 14, 116);
        fuselage.closePath();
        g.fill(fuselage);
        fill(g, 0x2c3e50, polygon(218, 116, 230, 120, 236, 126, 216, 126));
        for (int x = 76; x < 206; x += 11) {
            fill(g, 0x4b6377, new RoundRectangle2D.Double(x, 118, 5, 7, 3, 3));
        }
        fill(g, 0x8b959e, new RoundRectangle2D.Double(118, 150, 40, 17, 14, 14)); // engine
        fill(g, 0xd5dbe0, polygon(108, 134, 164, 134, 96, 196, 76, 196)); // near wing
        fill(g, 0xc3cad1, polygon(34, 126, 66, 130, 40, 154, 24, 154)); // near tailplane
        g.setTransform(upright);
    }

    private static void automobile(Graphics2D g) {
        fade(g, 0xcfd8dc, 0, 0xeceff1, 120);
        box(g, 0, 0, SIDE, 130);
        fill(g, 0x8a9a86, polygon(0, 96, 256, 88, 256, 134, 0, 134)); // hedge
        fade(g, 0x8d9093, 130, 0x6d7073, 256);
        box(g, 0, 130, SIDE, 126);
        fill(g, 0x4b4d4f, new Ellipse2D.Double(14, 182, 228, 24)); // shadow
        Path2D cabin = new Path2D.Double();
        cabin.moveTo(58, 122);
        cabin.curveTo(74, 84, 90, 76, 112, 76);
        cabin.lineTo(150, 76);
        cabin.curveTo(172, 76, 190, 100, 204, 122);
        cabin.closePath();
        fill(g, 0xa81c1c, cabin);
        fill(g, 0x26323a, polygon(74, 120, 90, 88, 122, 86, 122, 120));
        fill(g, 0x26323a, polygon(130, 86, 152, 86, 176, 104, 186, 120, 130, 120));
        fade(g, 0xd92b2b, 112, 0x8f1414, 190);
        Path2D body = new Path2D.Double();
        body.moveTo(16, 178);
        body.curveTo(12, 150, 14, 132, 32, 124);
        body.lineTo(58, 118);
        body.lineTo(204, 118);
        body.curveTo(228, 124, 242, 134, 244, 152);
        body.lineTo(244, 184);
        body.lineTo(20, 186);
        body.closePath();
        g.fill(body);
        line(g, 0x7a1010, 2, 126, 122, 126, 176);
        line(g, 0xf3b5b5, 2, 30, 134, 230, 134);
        fill(g, 0xfff3c4, new Ellipse2D.Double(228, 138, 14, 11));
        fill(g, 0xffb199, new RoundRectangle2D.Double(15, 138, 9, 12, 4, 4));
        wheel(g, 70, 184, 26);
        wheel(g, 196, 184, 26);
    }

    private static void truck(Graphics2D g) {
        fade(g, 0xa9c6dc, 0, 0xe8eef2, 150);
        box(g, 0, 0, SIDE, 160);
        fade(g, 0x8d8d88, 160, 0x67675f, 256);
        box(g, 0, 160, SIDE, 96);
        fill(g, 0x4c4c48, new Ellipse2D.Double(10, 200, 236, 22));
        fade(g, 0xfdfdfd, 52, 0xd0d4d7, 176);
        box(g, 14, 52, 152, 124); // box body
        fill(g, 0x2e6da8, polygon(14, 96, 166, 96, 166, 122, 14, 122));
        fill(g, 0x333638, polygon(12, 176, 240, 176, 240, 194, 12, 194)); // frame
        Path2D cab = new Path2D.Double();
        cab.moveTo(174, 84);
        cab.lineTo(214, 84);
        cab.lineTo(232, 130);
        cab.lineTo(244, 136);
        cab.lineTo(244, 188);
        cab.lineTo(174, 188);
        cab.closePath();
        fill(g, 0xc93a2b, cab);
        fill(g, 0x263540, polygon(186, 94, 210, 94, 224, 130, 186, 130));
        fill(g, 0xfff1c0, new RoundRectangle2D.Double(234, 156, 10, 12, 4, 4));
        wheel(g, 52, 196, 24);
        wheel(g, 108, 196, 24);
        wheel(g, 210, 196, 24);
    }

    private static void frog(Graphics2D g) {
        fade(g, 0x9a8a68, 0, 0x6f6044, 256);
        box(g, 0, 0, SIDE, SIDE);
        fill(g, 0x5d4f37, new Ellipse2D.Double(28, 176, 204, 46));
        fill(g, 0x4d7a2a, new Ellipse2D.Double(20, 110, 92, 96)); // hind leg
        fill(g, 0x5f9434, new Ellipse2D.Double(50, 74, 160, 124)); // body
        fill(g, 0x6ba53c, new Ellipse2D.Double(122, 56, 112, 88)); // head
        fill(g, 0xc9cf96, new Ellipse2D.Double(150, 122, 70, 60)); // throat
        fill(g, 0x5f9434, new Ellipse2D.Double(30, 128, 84, 66));
        fill(g, 0x4d7a2a, polygon(40, 186, 110, 186, 122, 204, 22, 206));
        fill(g, 0x4d7a2a, polygon(170, 160, 196, 160, 212, 206, 168, 206));
        fill(g, 0x6ba53c, new Ellipse2D.Double(136, 40, 38, 38));
        fill(g, 0x6ba53c, new Ellipse2D.Double(192, 42, 36, 36));
        fill(g, 0xe2c23a, new Ellipse2D.Double(144, 46, 24, 24));
        fill(g, 0xe2c23a, new Ellipse2D.Double(198, 48, 23, 23));
        fill(g, 0x111111, new Ellipse2D.Double(150, 51, 13, 14));
        fill(g, 0x111111, new Ellipse2D.Double(205, 53, 12, 13));
        g.setStroke(new BasicStroke(3));
        g.setColor(new Color(0x2f4c18));
        Path2D mouth = new Path2D.Double();
        mouth.moveTo(142, 104);
        mouth.quadTo(190, 128, 230, 100);
        g.draw(mouth);
        for (int i = 0; i < 7; i++) {
            fill(g, 0x3f6a22, new Ellipse2D.Double(66 + i * 15, 92 + (i * 37) % 50, 14, 11));
        }
    }

    private static void horse(Graphics2D g) {
        fade(g, 0xb5d3e8, 0, 0xe6eff3, 110);
        box(g, 0, 0, SIDE, 120);
        fade(g, 0x86a556, 110, 0x5d7f36, 256);
        box(g, 0, 110, SIDE, 146);
        fill(g, 0x4d6a2c, new Ellipse2D.Double(40, 214, 170, 20));
        int coat = 0x7a4a26;
        fill(g, 0x5f3819, polygon(74, 140, 92, 140, 90, 222, 80, 222)); // far legs
        fill(g, 0x5f3819, polygon(152, 140, 168, 140, 170, 222, 160, 222));
        fill(g, coat, new Ellipse2D.Double(52, 96, 134, 64)); // barrel
        fill(g, coat, new Ellipse2D.Double(48, 92, 60, 66));
        Path2D neck = new Path2D.Double();
        neck.moveTo(148, 110);
        neck.curveTo(166, 88, 178, 66, 190, 50);
        neck.lineTo(212, 58);
        neck.curveTo(208, 90, 198, 120, 184, 142);
        neck.closePath();
        fill(g, coat, neck);
        fill(g, coat, polygon(188, 50, 206, 42, 242, 82, 236, 96, 222, 94, 200, 78)); // head
        fill(g, coat, polygon(192, 50, 196, 30, 206, 46)); // ear
        fill(g, 0x241208, polygon(186, 42, 196, 44, 172, 98, 150, 108, 164, 80)); // mane
        fill(g, 0x241208, polygon(58, 104, 44, 108, 32, 176, 46, 172)); // tail
        fill(g, coat, polygon(54, 132, 82, 140, 72, 180, 74, 224, 62, 224, 58, 180)); // near legs
        fill(g, coat, polygon(160, 132, 186, 130, 186, 176, 188, 224, 176, 224, 174, 178));
        fill(g, 0x111111, new Ellipse2D.Double(208, 58, 6, 6));
    }

    private static void wheel(Graphics2D g, double x, double y, double radius) {
        fill(g, 0x17181a, disc(x, y, radius));
        fill(g, 0xb4babf, disc(x, y, radius * 0.58));
        fill(g, 0x5c6165, disc(x, y, radius * 0.22));
    }

    private static Shape disc(double x, double y, double radius) {
        return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
    }

    private static void cloud(Graphics2D g, double x, double y, double scale) {
        for (double[] puff : new double[][] {{0, 10, 40}, {24, 0, 44}, {52, 8, 38}}) {
            double side = puff[2] * scale;
            fill(g, 0xe9f2f8, new Ellipse2D.Double(x + puff[0] * scale, y + puff[1] * scale, side, side * 0.7));
        }
    }

    /** What is filled next fades from one colour at row {@code top} to another at row {@code bottom}. */
    private static void fade(Graphics2D g, int from, int top, int to, int bottom) {
        g.setPaint(new GradientPaint(0, top, new Color(from), 0, bottom, new Color(to)));
    }

    private static void box(Graphics2D g, int x, int y, int width, int height) {
        g.fillRect(x, y, width, height);
    }

    private static void fill(Graphics2D g, int color, Shape shape) {
        g.setPaint(new Color(color));
        g.fill(shape);
    }

    private static void line(Graphics2D g, int color, int width, int x1, int y1, int x2, int y2) {
        g.setPaint(new Color(color));
        g.setStroke(new BasicStroke(width));
        g.drawLine(x1, y1, x2, y2);
    }

    private static Shape polygon(double... xy) {
        Path2D path = new Path2D.Double();
        path.moveTo(xy[0], xy[1]);
        for (int i = 2; i < xy.length; i += 2) {
            path.lineTo(xy[i], xy[i + 1]);
        }
        path.closePath();
        return path;
    }
}
